// The one place where the state changes: each change is a step of undo (50 deep) and goes into the address.
import { type State, parse, write } from './state';

const DEEP = 50;

export class Store {
  state: State;
  camera = '';
  private readonly past: string[] = [];
  private readonly listeners: ((state: State) => void)[] = [];

  constructor(hash: string) {
    this.state = parse(hash);
    this.camera = new URLSearchParams(hash).get('camera') ?? '';
  }

  listen(heard: (state: State) => void): void {
    this.listeners.push(heard);
  }

  set(change: Partial<State>): void {
    const before = write(this.state);
    const next = { ...this.state, ...change };
    if (write(next) === before) return;
    this.past.push(before);
    if (this.past.length > DEEP) this.past.shift();
    this.go(next);
  }

  /** One step back; false when there is none. */
  undo(): boolean {
    const before = this.past.pop();
    if (before === undefined) return false;
    this.go(parse(before));
    return true;
  }

  get steps(): number {
    return this.past.length;
  }

  private go(state: State): void {
    this.state = state;
    this.save();
    for (const heard of this.listeners) heard(state);
  }

  save(): void {
    const query = new URLSearchParams(write(this.state));
    if (this.camera) query.set('camera', this.camera);
    const text = query.toString();
    history.replaceState(null, '', text ? `#${text}` : location.pathname + location.search);
  }
}
