import { Component, type ReactNode } from 'react';
import { messageOf } from '../../shared/error/coded.ts';
import { Button } from '../ui/button.tsx';
import { Problem } from '../ui/state.tsx';

/** A screen that breaks takes nothing else with it: the rail, the banners and the pages go on. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { problem: string | null }> {
  override state: { problem: string | null } = { problem: null };

  static getDerivedStateFromError(thrown: unknown): { problem: string } {
    return { problem: messageOf(thrown) };
  }

  override render(): ReactNode {
    if (this.state.problem === null) return this.props.children;
    return (
      <main tabIndex={-1}>
        <div className="empty-place">
          <Problem
            title="This screen broke"
            actions={<Button onPress={() => this.setState({ problem: null })}>Draw it again</Button>}
          >
            <p>
              A bug in Midwatch: {this.state.problem}. The watch goes on; pages still reach you. Go to another
              screen with <kbd>g</kbd>, and please report it.
            </p>
          </Problem>
        </div>
      </main>
    );
  }
}
