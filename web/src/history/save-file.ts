/** Hands a file to the browser to be kept. @param url of this page's own origin, or of an object of it */
export function saveFile(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
