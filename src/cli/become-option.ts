/** Of every command that runs tasks or commands on hosts. */
export const askBecomePass = { flags: '-K, --ask-become-pass', text: 'Ask for the password that sudo, doas or su wants.' } as const;

/** Of commands for which no playbook says whether they need root. */
export const becomeOption = { flags: '-b, --become', text: 'Run as root, also where the inventory does not ask for it.' } as const;
