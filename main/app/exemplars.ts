import { joinExemplars } from '../../shared/model/exemplar-book.ts';
import type { SourcePart } from '../api/index.ts';
import type { Receiving } from './receiving.ts';
import type { Threads } from './threads.ts';

/** Exemplars of what is scraped and of what is pushed: each thread has a book of its own. */
export function exemplarsOf(
  { scrape }: Pick<Threads, 'scrape'>,
  { handle }: Pick<Receiving, 'handle'>,
): SourcePart['exemplars'] {
  return async (question) =>
    joinExemplars(
      await Promise.all([scrape.call.exemplars(question), handle.call.exemplars(question)]),
      question.limit,
    );
}
