import type { ReactNode } from 'react';

/** A drawing of 16 units, as large as the text beside it; readers hear that text instead. */
function icon(drawing: ReactNode) {
  return () => (
    <svg className="icon" width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      {drawing}
    </svg>
  );
}

export const BoardIcon = icon(<path d="M2.5 2.5h3v11h-3zM6.5 2.5h3v7h-3zM10.5 2.5h3v9h-3z" />);
export const InboxIcon = icon(<path d="M2.5 9.5 4.5 3h7l2 6.5v3.5h-11zM2.5 9.5h3l1 1.5h3l1-1.5h3" />);
export const ChartIcon = icon(<path d="M2.5 13.5h11M4.5 11V7M8 11V3.5M11.5 11V5.5" />);
export const CodeIcon = icon(<path d="m5.5 4.5-3.5 3.5 3.5 3.5M10.5 4.5l3.5 3.5-3.5 3.5" />);
export const UploadIcon = icon(<path d="M8 10.5v-8M5 5l3-3 3 3M2.5 10.5v3h11v-3" />);
export const SearchIcon = icon(<path d="M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5 14 14" />);
export const MoreIcon = icon(<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2.2" />);
export const CloseIcon = icon(<path d="m4 4 8 8M12 4l-8 8" />);
export const CheckIcon = icon(<path d="m3 8.5 3.5 3.5L13 4.5" />);
export const ChevronIcon = icon(<path d="m4.5 6.5 3.5 3.5 3.5-3.5" />);
export const PersonIcon = icon(<path d="M8 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM3 13.5c.5-2.5 2.5-3.5 5-3.5s4.5 1 5 3.5" />);
export const LabelIcon = icon(<path d="M2.5 7.5v-5h5l6 6-5 5zM5.5 5.5h.01" />);
export const ClockIcon = icon(<path d="M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.5V8l2.5 1.5" />);
export const TrashIcon = icon(<path d="M2.5 4h11M6 4V2.5h4V4M4 4l.7 9.5h6.6L12 4M6.7 7v4M9.3 7v4" />);
export const TrophyIcon = icon(<path d="M5 2.5h6v4a3 3 0 0 1-6 0zM5 3.5H2.8c0 2.5.7 3.5 2.4 3.7M11 3.5h2.2c0 2.5-.7 3.5-2.4 3.7M8 9.5v2.5M5.5 13.5h5" />);
export const ThumbDownIcon = icon(<path d="M11 2.5v6.5M11 9 8.5 13.5c-1 0-1.5-.5-1.5-1.5V10H3.8c-.9 0-1.5-.8-1.3-1.7l1-4.6c.1-.7.7-1.2 1.4-1.2H13.5V9H11" />);
export const PlusIcon = icon(<path d="M8 3v10M3 8h10" />);
export const ChatIcon = icon(<path d="M2.5 3h11v7.5h-6L4.5 13v-2.5h-2zM5.5 6h5M5.5 8h3" />);
export const FormIcon = icon(<path d="M3 2.5h10v11H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h2.5" />);
export const SettingsIcon = icon(<path d="M2.5 4.5h6M12 4.5h1.5M10.2 6a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM2.5 11.5H4M7.5 11.5h6M5.8 13a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z" />);
