/**
 * Mean opinion score as ITU-T G.107 (E-model) estimates it for G.711: R = 93.2 − Id − Ie,eff. Id is the delay term in the
 * two-slope form of Cole and Rosenbluth (2001); Ie = 0 and Bpl = 25.1 are G.113 appendix I's values for G.711 with
 * packet loss concealment. It is an estimate from the network's side: it hears no echo and no bad microphone.
 *
 * @param lossRatio 0 to 1, late packets included
 * @param oneWayDelayMs mouth to ear
 * @returns 1 (bad) to 4.41 (the best narrowband can be)
 */
export function estimateMos(lossRatio: number, oneWayDelayMs: number): number {
  const lossPercent = Math.min(1, Math.max(0, lossRatio)) * 100;
  const equipment = (95 * lossPercent) / (lossPercent + 25.1);
  const delay = Math.max(0, oneWayDelayMs);
  const impairment = 0.024 * delay + (delay > 177.3 ? 0.11 * (delay - 177.3) : 0);
  const r = 93.2 - impairment - equipment;
  if (r <= 0) return 1;
  return Math.min(4.5, Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6));
}
