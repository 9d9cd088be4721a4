import { useId } from 'react';

/** One bar: its length, and what is written beside it. */
export interface Bar {
  key: string;
  name: string;
  size: number;
  text: string;
  /** A part of the bar that stands out. */
  part?: number;
  tone?: 'danger';
}

/** Bars one below the other. It is a table, so it can be read as one: the bar is only what the number looks like. */
export function Bars(props: { title: string; why?: string; heads: [string, string]; bars: Bar[]; none: string }) {
  const id = useId();
  const most = Math.max(1, ...props.bars.map(bar => bar.size));
  return (
    <section className="panel chart" aria-labelledby={id}>
      <h2 id={id}>{props.title}</h2>
      {props.why && <p className="record-soft">{props.why}</p>}
      {props.bars.length === 0 ? (
        <p className="record-none">{props.none}</p>
      ) : (
        <table className="chart-table" aria-labelledby={id}>
          <thead className="for-readers">
            <tr>
              <th scope="col">{props.heads[0]}</th>
              <th scope="col">{props.heads[1]}</th>
            </tr>
          </thead>
          <tbody>
            {props.bars.map(bar => (
              <tr key={bar.key}>
                <th scope="row">{bar.name}</th>
                <td>
                  <span className="chart-bar" data-tone={bar.tone} style={{ width: `${(bar.size / most) * 100}%` }} aria-hidden="true">
                    {bar.part !== undefined && bar.size > 0 && <span style={{ width: `${(bar.part / bar.size) * 100}%` }} />}
                  </span>
                  <span className="chart-text">{bar.text}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
