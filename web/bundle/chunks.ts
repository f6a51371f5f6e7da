/**
 * Two chunks in the place of forty: what every page stands on, and the agent's desk. Small files pack badly and each exports what
 * another may need, which keeps code that nothing uses; together they are 15 kB less of the 250 that the first load may have
 * (design 10), and 7 kB less for the guest of a call page, who never loads the desk. What is opened by a press stays apart.
 */
export const groups = [
  {
    name: 'base',
    priority: 2,
    test: anyOf(
      /web\/src\/(main|router|shell\/lost|session\/(api|api-client|session|error-text)|i18n\/index)\b/,
      /web\/src\/ui\/(parts|format|phone-number|preferences|mark|toasts|theme)\b/,
      // The call page's own: were they in the desk, a guest would load it.
      /web\/src\/softphone\/(microphone|keypad|transport|dial\.view-model)\.tsx?$/,
      /icons-react\/dist\/esm\/(createReactComponent|defaultAttributes|icons\/Icon(Phone|Microphone|MicrophoneOff|Headphones|GridDots))\.mjs$/,
      /kernel\/src\//,
    ),
  },
  {
    name: 'desk',
    priority: 1,
    test: anyOf(/web\/src\/shell\/(?!lost|status-menu)/, /web\/src\/workspace\/(?!tag-menu)/, /web\/src\/live\/(?!board)/, /web\/src\/softphone\/(dock|phone-provider|phone|ringer|attention|level-meter)\./),
  },
];

function anyOf(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join('|'));
}
