import { type EditorView, hoverTooltip, type Tooltip } from '@codemirror/view';
import {
  aggregateOpTerms,
  atModifierTerms,
  binOpModifierTerms,
  functionIdentifierTerms,
} from '@prometheus-io/codemirror-promql/dist/esm/complete/promql.terms.js';
import type { SignalLookup } from '../../state/signal-lookup.ts';

/** What a word of the language means, by the word. */
const WORDS: ReadonlyMap<string, { readonly kind: string; readonly info: string }> = new Map(
  [...functionIdentifierTerms, ...aggregateOpTerms, ...binOpModifierTerms, ...atModifierTerms].map((one) => [
    one.label,
    { kind: one.type, info: one.info },
  ]),
);

const WORD = /[A-Za-z_:][\w:]*/g;

/** Says what the function, the aggregation or the metric under the pointer is. */
export function hoverHelp(lookup: SignalLookup, source: () => string) {
  return hoverTooltip(async (view, position): Promise<Tooltip | null> => {
    const word = wordAt(view, position);
    if (!word) return null;
    const known = WORDS.get(word.text);
    const said = known
      ? { title: word.text, lines: [`${known.kind}. ${known.info}`] }
      : await aboutMetric(lookup, source(), word.text);
    if (!said) return null;
    return { pos: word.from, end: word.to, above: true, create: () => ({ dom: tooltip(said) }) };
  });
}

async function aboutMetric(lookup: SignalLookup, source: string, name: string) {
  const fact = await lookup.metric(source, name);
  if (!fact) return null;
  const unit = fact.unit === '' ? '' : `, in ${fact.unit}`;
  const origin = fact.from === 'name' ? ' Read from its name; the source does not say.' : '';
  return { title: name, lines: [`${fact.kind}${unit}.${origin}`, fact.help].filter((one) => one !== '') };
}

function wordAt(view: EditorView, position: number): { text: string; from: number; to: number } | null {
  const line = view.state.doc.lineAt(position);
  for (const match of line.text.matchAll(WORD)) {
    const from = line.from + match.index;
    const to = from + match[0].length;
    if (position >= from && position <= to) return { text: match[0], from, to };
  }
  return null;
}

/** Text only: a metric's help comes from whoever exposes it. */
function tooltip({ title, lines }: { title: string; lines: readonly string[] }): HTMLElement {
  const dom = document.createElement('div');
  dom.className = 'cm-hover';
  const head = document.createElement('b');
  head.textContent = title;
  dom.append(head, ...lines.map((line) => paragraph(line)));
  return dom;
}

function paragraph(text: string): HTMLElement {
  const dom = document.createElement('div');
  dom.textContent = text;
  return dom;
}
