const COLUMNS = [30, 90, 150, 210, 270, 330, 390, 450, 510, 570, 630, 690];
const ROWS = [180, 240, 300, 360, 420, 480, 540, 600, 660];
const CORDS = [
  { path: 'M150 240C150 560 510 560 510 300', ends: [[150, 240], [510, 300]], className: 'petrol' },
  { path: 'M270 360C270 640 630 690 630 480', ends: [[270, 360], [630, 480]], className: 'slate' },
  { path: 'M90 420C90 700 390 700 390 420', ends: [[90, 420], [390, 420]], className: 'paper' },
] as const;

/** The old switchboard: jacks, and three cords that are plugged in. */
export function CordBoard() {
  return (
    <svg className="field-of-jacks" viewBox="0 0 720 900" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <g className="jacks">{ROWS.flatMap((y) => COLUMNS.map((x) => <circle key={`${x} ${y}`} cx={x} cy={y} r="9" />))}</g>
      {CORDS.map((cord) => (
        <path key={cord.className} className={cord.className} d={cord.path} fill="none" strokeWidth="7" strokeLinecap="round" />
      ))}
      {CORDS.flatMap((cord) =>
        cord.ends.map(([x, y]) => (
          <g key={`${x} ${y}`} className={`plug ${cord.className}`}>
            <circle cx={x} cy={y} r="14" />
            <circle className="hole" cx={x} cy={y} r="5" />
          </g>
        )),
      )}
    </svg>
  );
}
