import { type ReactNode, useId } from 'react';

/** One part of a record, with its heading; `count` where there is something to count. */
export function Section(props: { title: string; count?: number; action?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className="panel record-section" aria-labelledby={id}>
      <header className="record-section-head">
        <h2 id={id}>
          {props.title}
          {props.count ? <span className="chip">{props.count}</span> : null}
        </h2>
        {props.action}
      </header>
      {props.children}
    </section>
  );
}

/** Why a write was refused. */
export function Refusal({ children }: { children: string }) {
  return <div role="alert">{children && <p className="refusal">{children}</p>}</div>;
}
