import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';

/** A dialog with a title. It keeps the focus inside, and gives it back where it came from. */
export function Dialog(props: {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: string;
  /** For what is laid out side by side. */
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    <Base.Root open={props.open} onOpenChange={open => open || props.onClose()}>
      <Base.Portal>
        <Base.Backdrop className="dialog-backdrop" />
        <Base.Popup className="dialog" data-wide={props.wide ? '' : undefined}>
          <Base.Title>{props.title}</Base.Title>
          {props.description && <Base.Description>{props.description}</Base.Description>}
          {props.children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
