export function CallUsPage() { return null; }
