import type { Api } from 'telegram/tl/index.js';
import type { Caller } from '../caller.ts';
import { RpcError } from '../errors/call-errors.ts';
import { toFailure } from '../errors/errors.ts';

/**
 * Answers the nth call of a method with the nth entry of its script: a value to return, or an Error to fail with. For
 * tests of single steps.
 */
export class ScriptedCaller implements Caller {
  readonly calls: Api.AnyRequest[] = [];
  readonly #script: Record<string, unknown[]>;

  constructor(script: Record<string, unknown[]>) {
    this.#script = script;
  }

  ask<R extends Api.AnyRequest>(request: R): Promise<R['__response']> {
    return this.#answer(request, false);
  }

  act<R extends Api.AnyRequest>(request: R): Promise<R['__response']> {
    return this.#answer(request, true);
  }

  get methods(): string[] {
    return this.calls.map((call) => call.className);
  }

  async #answer<R extends Api.AnyRequest>(request: R, effect: boolean): Promise<R['__response']> {
    this.calls.push(request);
    const answer = this.#script[request.className]?.shift();
    if (answer === undefined) throw new Error(`Not expected: ${request.className}`);
    if (answer instanceof Error) throw toFailure(answer, effect);
    return answer;
  }
}

export function refusal(code: number, rpcName: string): RpcError {
  return new RpcError(code, rpcName);
}
