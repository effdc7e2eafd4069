/**
 * How well a text answers what was typed, 0 (not at all) to 1: every word must be in it; at its beginning is best, at the
 * beginning of one of its words next. No guessing between letters: what is found is what was typed.
 */
export function matchScore(text: string, query: string): number {
  const where = text.toLowerCase();
  let score = 1;
  for (const word of query.toLowerCase().split(/\s+/)) {
    if (word === '') continue;
    const at = where.indexOf(word);
    if (at < 0) return 0;
    const beginsWord = new RegExp(`(^|[^a-z0-9])${word.replace(/[^a-z0-9]/g, '\\$&')}`).test(where);
    score = Math.min(score, at === 0 ? 1 : beginsWord ? 0.8 : 0.5);
  }
  return score;
}
