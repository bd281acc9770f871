import { useEffect, useState } from 'preact/hooks';

/** An address for the bytes, as long as the component is there. */
export function useObjectUrl(blob: Blob | null): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = blob === null ? null : URL.createObjectURL(blob);
    setUrl(made);
    return () => {
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [blob]);
  return url;
}
