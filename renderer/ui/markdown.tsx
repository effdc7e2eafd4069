import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';
import { useEffect, useRef } from 'react';

// No HTML in the source, and what comes out is purified again: two walls, either of which would do.
const markdown = new MarkdownIt({ html: false, linkify: false, breaks: true, typographer: false });
const PURIFY = {
  RETURN_DOM_FRAGMENT: true,
  USE_PROFILES: { html: true },
  FORBID_TAGS: [
    'img',
    'picture',
    'source',
    'audio',
    'video',
    'style',
    'form',
    'input',
    'button',
    'iframe',
    'object',
    'embed',
  ],
  FORBID_ATTR: ['style', 'srcset', 'src', 'background', 'ping'],
} as const;

/** Markdown as nodes that load nothing and run nothing. Pictures are shown by their text. */
export function renderMarkdown(text: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(markdown.render(withoutPictures(text)), {
    ...PURIFY,
    FORBID_TAGS: [...PURIFY.FORBID_TAGS],
    FORBID_ATTR: [...PURIFY.FORBID_ATTR],
  });
  for (const link of fragment.querySelectorAll('a')) {
    if (!/^https?:/i.test(link.getAttribute('href') ?? '')) link.removeAttribute('href');
    link.setAttribute('target', '_blank');
    link.setAttribute('rel', 'noreferrer noopener');
  }
  return fragment;
}

function withoutPictures(text: string): string {
  return text.replace(
    /!\[([^\]]*)\]\(([^)\s]*)[^)]*\)/g,
    (_all, label: string, file: string) => `*${label || file} (in the export)*`,
  );
}

export function Markdown({ text }: { text: string }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    ref.current?.replaceChildren(renderMarkdown(text));
  }, [text]);
  return <div ref={ref} className="prose" />;
}
