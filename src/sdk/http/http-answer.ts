import { z } from 'zod';
import type { ExecResult } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { parseForeignJson } from '../../core/output/foreign-json.ts';
import { missingProgramError } from '../missing-program.ts';

/** What a module returns of the answer to a request. */
export const httpAnswerFields = {
  status: z.int().exactOptional().describe('Not in a check of a request that changes something'),
  content: z.string().exactOptional().describe('Not with dest'),
  json: z.json().exactOptional().describe('The content, where it is JSON'),
};

const httpAnswer = z.object({ url: z.string(), status: z.int(), content: z.string(), json: httpAnswerFields.json });

/** The answer to a request; `json` only where it is JSON. */
export type HttpAnswer = z.output<typeof httpAnswer>;

/** The answer from the output of curl: the content, and a last line with the status and the content type. Throws SW6011 where the host has no
 *  curl, SW6012 for another status than the expected ones. */
export function readHttpAnswer(url: string, result: ExecResult, expected: readonly number[]): HttpAnswer {
  const { exit, stdout, stderr } = result;
  if (exit !== 0)
    throw (
      missingProgramError(result, url) ?? new SwarmError('SW6012', `${url}: ${stderr.trim().split('\n')[0] || `curl ended with ${exit}`}`)
    );
  const end = stdout.lastIndexOf('\n');
  const [code = '', type = ''] = stdout.slice(end + 1).split(' ');
  const content = stdout.slice(0, Math.max(0, end));
  const answer = { url, status: Number(code), content, ...(type.includes('json') ? parseJson(content) : {}) };
  if (!expected.includes(answer.status))
    throw new SwarmError('SW6012', `${url} answered with status ${code}`, { detail: content.slice(0, 2000), cause: answer });
  return answer;
}

/** No JSON, and JSON that no task could work on, is content all the same. */
function parseJson(content: string): Pick<HttpAnswer, 'json'> {
  try {
    return { json: parseForeignJson(content) as z.output<ReturnType<typeof z.json>> };
  } catch {
    return {};
  }
}
