/** `NOT_FOUND`, `message.edit` and `readJob` as names of components: `NotFound`, `MessageEdit`, `ReadJob`. */
export function pascalCase(name: string): string {
  const words = name === name.toUpperCase() ? name.toLowerCase() : name;
  return words
    .split(/[_.]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
