import { describe, expect, it } from 'vitest';
import { sendsForm } from '../../../../renderer/ui/form.tsx';

const press = { key: 'Enter', ctrlKey: false, metaKey: false, isComposing: false };

describe('a form', () => {
  it('is sent by Ctrl or Cmd with Enter, and by nothing that ends a word of another script', () => {
    expect(sendsForm({ ...press, ctrlKey: true })).toBe(true);
    expect(sendsForm({ ...press, metaKey: true })).toBe(true);
    expect(sendsForm(press)).toBe(false);
    expect(sendsForm({ ...press, key: 's', ctrlKey: true })).toBe(false);
    expect(sendsForm({ ...press, ctrlKey: true, isComposing: true })).toBe(false);
  });
});
