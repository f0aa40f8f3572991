/** The option of every command that runs tasks or commands on hosts. */
export const askBecomePass = { flags: '-K, --ask-become-pass', text: 'Ask for the password that sudo, doas or su wants.' } as const;
