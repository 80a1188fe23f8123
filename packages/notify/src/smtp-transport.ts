// nodemailer with its one transport that mails go by here: its own entry brings five more, and they stay out of the bundle.
import type { SMTPTransportOptions } from 'nodemailer';
import Mailer from 'nodemailer/lib/mailer';
import SMTPTransport from 'nodemailer/lib/smtp-transport';

/** Nothing is connected before the first mail. */
export const openTransport = (options: SMTPTransportOptions) =>
  new Mailer(new SMTPTransport(options), options);
