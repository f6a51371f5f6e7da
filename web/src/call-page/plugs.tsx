const COLUMNS = [28, 76, 124, 172, 220, 268, 316, 364, 412];
const ROWS = [44, 88, 132];

/** The cord goes in when the call begins; its lamp is lit while somebody is being called. */
export function Plugs({ plugged, waiting }: { readonly plugged: boolean; readonly waiting: boolean }) {
  const cord = plugged ? 'M76 44C76 150 364 190 364 88' : 'M76 44C76 120 250 176 300 150';
  const end = plugged ? { x: 364, y: 88 } : { x: 300, y: 150 };
  return (
    <div className="plugs">
      <svg viewBox="0 0 440 176" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
        <g className="jacks">{ROWS.flatMap((y) => COLUMNS.map((x) => <circle key={`${x} ${y}`} cx={x} cy={y} r="7" />))}</g>
        <path d={cord} className="cord" />
        <circle className="plug" cx="76" cy="44" r="10" />
        <circle className="plug" cx={end.x} cy={end.y} r="10" />
        <circle className="hole" cx="76" cy="44" r="4" />
        <circle className={waiting ? 'hole lit' : 'hole'} cx={end.x} cy={end.y} r="4" />
      </svg>
    </div>
  );
}
