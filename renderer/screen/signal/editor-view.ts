import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, insertNewlineAndIndent } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { type Diagnostic, forceLinting, linter } from '@codemirror/lint';
import { Annotation, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap, placeholder } from '@codemirror/view';
import { PromQLExtension } from '@prometheus-io/codemirror-promql';
import type { SignalLookup } from '../../state/signal-lookup.ts';
import { hoverHelp } from './editor-hover.ts';
import { editorLook } from './editor-look.ts';
import { namesFor } from './editor-names.ts';

/** What the core said of an expression that was run. */
export interface EditorFailure {
  readonly expression: string;
  readonly text: string;
  readonly position: { readonly from: number; readonly to: number };
}

/** Read each time it is needed, so that the editor lives on while these change. */
export interface EditorWishes {
  readonly source: string;
  readonly failure: EditorFailure | null;
  readonly onType: (text: string) => void;
  readonly onRun: () => void;
}

export interface ExpressionEditor {
  /** Puts text in, unless it is there. */
  setText(text: string): void;
  /** Looks for mistakes anew. */
  recheck(): void;
  destroy(): void;
}

/** A text that was put in is not one that was typed. */
const PutIn = Annotation.define<boolean>();

/** What a person types is looked at when the hand rests. */
const LINT_DELAY_MS = 400;

/**
 * The editor behind a shadow root: there its styles are constructed sheets, which the page's policy allows, while the style
 * element that it would put into the page is refused.
 */
export function createExpressionEditor(
  host: HTMLElement,
  text: string,
  label: string,
  lookup: SignalLookup,
  wishes: () => EditorWishes,
): ExpressionEditor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const promql = new PromQLExtension()
    .setComplete({ remote: namesFor(lookup, () => wishes().source) })
    .activateLinter(false);
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          { key: 'Enter', run: () => run(wishes()) },
          { key: 'Shift-Enter', run: insertNewlineAndIndent },
          ...historyKeymap,
          // Ctrl+Enter is the screen's own.
          ...defaultKeymap.filter((one) => one.key !== 'Mod-Enter'),
        ]),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ icons: false }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
        placeholder('PromQL: Ctrl+Space completes, Enter runs'),
        promql.asExtension(),
        linter((one) => problemsOf(one, promql, lookup, wishes()), { delay: LINT_DELAY_MS }),
        hoverHelp(lookup, () => wishes().source),
        editorLook,
        EditorView.updateListener.of((update) => {
          const typed = update.transactions.some((one) => one.docChanged && !one.annotation(PutIn));
          if (typed) wishes().onType(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    setText: (next) => {
      const now = view.state.doc.toString();
      if (now !== next)
        view.dispatch({ changes: { from: 0, to: now.length, insert: next }, annotations: PutIn.of(true) });
    },
    recheck: () => forceLinting(view),
    destroy: () => {
      promql.destroy();
      view.destroy();
    },
  };
}

function run(wishes: EditorWishes): boolean {
  wishes.onRun();
  return true;
}

/** The language's own mistakes at once; where it finds none, what the core finds, which knows what can be evaluated where. */
async function problemsOf(
  view: EditorView,
  promql: PromQLExtension,
  lookup: SignalLookup,
  { source, failure }: EditorWishes,
): Promise<readonly Diagnostic[]> {
  const expression = view.state.doc.toString();
  if (expression.trim() === '') return [];
  const within = (from: number, to: number) => ({
    from: Math.min(expression.length, Math.max(0, from)),
    to: Math.min(expression.length, Math.max(0, to)),
  });
  if (failure?.expression === expression.trim())
    return [
      { ...within(failure.position.from, failure.position.to), severity: 'error', message: failure.text },
    ];
  const own = await promql.getLinter().promQL.call(promql.getLinter())(view);
  if (own.length > 0) return own;
  const answer = await lookup.check(source, expression);
  return (answer?.problems ?? []).map((one) => ({
    ...within(one.from, one.to),
    severity: one.severity,
    message: one.message,
  }));
}
