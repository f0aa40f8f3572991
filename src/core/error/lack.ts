/** What a host lacks where an error says so. In a dry run an earlier task may supply it. `package`: no repository that the
 *  host knows has it. `name`: of a path the whole path. */
export interface Lack {
  readonly kind: 'program' | 'account' | 'path' | 'service' | 'package';
  readonly name: string;
}
