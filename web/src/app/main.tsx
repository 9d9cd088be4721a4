import '../ui/tokens.css';
import '../ui/base.css';
import '../ui/controls.css';
import './layout.css';
import '../ui/theme';

import { CSPProvider } from '@base-ui/react/csp-provider';
import { createRoot } from 'react-dom/client';

import { refreshSession } from '../api/session';
import { App } from './app';

void refreshSession();
createRoot(document.getElementById('page')!).render(
  <CSPProvider disableStyleElements>
    <App />
  </CSPProvider>,
);
