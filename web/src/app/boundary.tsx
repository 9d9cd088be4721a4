import { Component, type ReactNode } from 'react';

import { useTexts } from './texts';

/** Keeps what surrounds a page when the page throws. */
export class Boundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const texts = useTexts();
  return (
    <div className="lone" role="alert">
      <p>{texts.broken}</p>
      <button type="button" className="button" onClick={() => location.reload()}>
        {texts.again}
      </button>
    </div>
  );
}
