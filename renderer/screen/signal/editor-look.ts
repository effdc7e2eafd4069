import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** The editor in the window's own tokens: they reach behind the shadow root, other styles do not. */
const theme = EditorView.theme({
  '&': {
    font: '0.8125rem / 1.25rem var(--font-mono)',
    color: 'var(--text-1)',
    backgroundColor: 'var(--surface-1)',
    border: '1px solid var(--line-control)',
    borderRadius: 'var(--radius-2)',
    fontVariantLigatures: 'none',
  },
  '&.cm-focused': { outline: 'none', boxShadow: 'var(--focus-ring)' },
  '.cm-scroller': { font: 'inherit', maxHeight: '9rem', overflow: 'auto', scrollbarWidth: 'thin' },
  '.cm-content': { padding: '0.1875rem 0', caretColor: 'var(--accent)' },
  '.cm-line': { padding: '0 var(--space-2)' },
  '.cm-placeholder': { color: 'var(--text-3)' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)', borderLeftWidth: '2px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--accent-quiet)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--surface-3)',
    outline: '1px solid var(--line-2)',
  },
  '.cm-tooltip': {
    zIndex: '30',
    border: '1px solid var(--line-2)',
    borderRadius: 'var(--radius-2)',
    backgroundColor: 'var(--surface-float)',
    color: 'var(--text-1)',
    boxShadow: 'var(--shadow-float)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    font: '0.8125rem / 1.5rem var(--font-mono)',
    maxHeight: '14rem',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--surface-select)',
    color: 'var(--text-1)',
  },
  '.cm-completionIcon': { color: 'var(--text-3)', opacity: '1', width: '1.25em' },
  '.cm-completionDetail': { color: 'var(--text-3)', fontStyle: 'normal', marginLeft: 'var(--space-3)' },
  '.cm-completionMatchedText': { color: 'var(--accent)', textDecoration: 'none', fontWeight: '600' },
  '.cm-completionInfo': {
    font: '0.75rem / 1rem var(--font-ui)',
    padding: 'var(--space-2) var(--space-3)',
    maxWidth: '22rem',
    color: 'var(--text-2)',
  },
  '.cm-hover': {
    font: '0.75rem / 1rem var(--font-ui)',
    padding: 'var(--space-2) var(--space-3)',
    maxWidth: '26rem',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
  '.cm-hover b': { display: 'block', font: '0.8125rem / 1.25rem var(--font-mono)', color: 'var(--text-1)' },
  '.cm-diagnostic': { font: '0.75rem / 1rem var(--font-ui)', padding: 'var(--space-1) var(--space-3)' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--sev-1)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--sev-2)' },
  '.cm-diagnostic-info': { borderLeft: '3px solid var(--line-control)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--sev-1)',
    textUnderlineOffset: '0.2em',
  },
  '.cm-lintRange-warning': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--sev-2)',
    textUnderlineOffset: '0.2em',
  },
});

/** Colours of chart lines are too light for text. */
const asText = (line: string) => `color-mix(in oklch, var(${line}), var(--text-1) 45%)`;

const colours = HighlightStyle.define([
  { tag: tags.number, color: asText('--chart-3') },
  { tag: tags.string, color: 'var(--ok)' },
  { tag: [tags.keyword, tags.modifier], color: asText('--chart-4') },
  { tag: tags.function(tags.variableName), color: 'var(--accent)' },
  { tag: tags.labelName, color: 'var(--acknowledged)' },
  { tag: [tags.operator, tags.punctuation, tags.bracket], color: 'var(--text-2)' },
  { tag: tags.comment, color: 'var(--text-3)' },
  { tag: tags.invalid, color: 'var(--sev-1)' },
]);

export const editorLook = [theme, syntaxHighlighting(colours)];
