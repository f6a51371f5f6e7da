import type { WhatIfFigure } from '@centralita/contract';
import { useTranslation } from 'react-i18next';
import { presentLanguage } from '../i18n/index.ts';
import { formatDuration, formatNumber, formatPercent } from '../ui/format.ts';
import type { FigureName } from './what-if.view-model.ts';

/** Figures as words of the present language: shares in per cent, waits in seconds below a minute. */
export function useFigureText() {
  const { t } = useTranslation();
  const language = presentLanguage();
  const one = (name: FigureName, value: number): string =>
    name === 'waitSeconds' ? (value < 59.5 ? `${formatNumber(value, language)} s` : formatDuration(Math.round(value) * 1_000)) : `${formatPercent(value, language)} %`;
  return {
    value: (name: FigureName, value: number | null | undefined): string => (value === null || value === undefined ? t('whatIf.noValue') : one(name, value)),
    band: (name: FigureName, { low, high }: WhatIfFigure): string => (low === null || high === null ? '' : t('whatIf.band', { low: one(name, low), high: one(name, high) })),
  };
}
