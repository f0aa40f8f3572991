/** Escape sequences of a terminal: CSI, then OSC, DCS, SOS, PM and APC with their text (at most 4 KiB, never beyond the line), then any
 *  other. */
export const ESCAPE_SEQUENCES =
  /(?:\x1b\[|\x9b)[0-?]{0,4096}[ -/]{0,64}[@-~]?|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\x18\x1a\n]{0,4096}(?:\x07|\x1b\\|[\x9c\x18\x1a])?|\x1b[ -/]{0,64}[0-~]?/g;

/** All control characters but `\t`, `\n` and `\r`. */
export const CONTROL_CHARACTERS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g;
