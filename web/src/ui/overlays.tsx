import { MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import './mantine.css';

/**
 * Mantine's ground for what opens over the page. Only modules that are loaded when something opens import it: its menus, popovers
 * and dialogs weigh a sixth of the first load's budget. Variables come from mantine.css, which maps them to our tokens; it writes
 * no style element of its own.
 */
export function Overlays({ children }: { readonly children: ReactNode }) {
  return (
    <MantineProvider withCssVariables={false} withGlobalClasses={false} forceColorScheme="light">
      {children}
    </MantineProvider>
  );
}
