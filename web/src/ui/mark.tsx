/** The mark: a jack plug whose cord makes a C; the lamp is lit only while a call rings. */
export function Mark({ ringing = false }: { readonly ringing?: boolean }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <path fill="none" stroke="currentColor" strokeWidth="4" strokeLinecap="round" d="M22 26.5h-7.5a9.25 9.25 0 0 1 0-18.5H16" />
      <rect x="15" y="3.5" width="8" height="9" rx="2" fill="currentColor" />
      <path fill="currentColor" d="M24.25 5h2.5v6h-2.5zM28 5h.5a3 3 0 0 1 0 6H28z" />
      {ringing ? <circle cx="17" cy="18.5" r="3.5" fill="var(--amber)" /> : null}
    </svg>
  );
}
