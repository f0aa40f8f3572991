/** Whether a text has the name of a file as a word. */
export const namesFile = (text: string, name: string): boolean => text.includes(name) && text.split(/[\s"'`[\]{},:()/]+/).includes(name);
