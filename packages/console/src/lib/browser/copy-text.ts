/** Copies a field's text. @returns false: the browser does not allow it; the text is selected. */
export async function copyText(field: HTMLInputElement): Promise<boolean> {
  field.select();
  // Browsers provide the clipboard on https pages and on this machine only.
  const clipboard = (navigator as Partial<Navigator>).clipboard;
  if (clipboard === undefined) return false;
  try {
    await clipboard.writeText(field.value);
    return true;
  } catch {
    return false;
  }
}
