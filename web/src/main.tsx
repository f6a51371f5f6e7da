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

// Not awaited at the top of the module: a chunk that imported from this one would wait for it, and it for the chunk.
void startTexts().then(() =>
  createRoot(document.querySelector('#root')!).render(
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  ),
);
