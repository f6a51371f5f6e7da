import '@fontsource-variable/inter/index.css';
import './ui/tokens.css';
import './ui/frame.css';
import './ui/parts.css';
import { reportIgnoredFailuresTo } from '@centralita/kernel';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { startTexts } from './i18n/index.ts';
import { router } from './router.tsx';
import { queryClient } from './session/session.tsx';

reportIgnoredFailuresTo((reason, error) => console.warn(reason, error));

await startTexts();
createRoot(document.querySelector('#root')!).render(
  <QueryClientProvider client={queryClient}>
    <RouterProvider router={router} />
  </QueryClientProvider>,
);
