import type { Template } from '../../template.ts';

/** What was written is never in it: the words of a chat stay in the chat. `dialog` is the name of a group or channel; absent for two people. */
export const messagingNewMessages: Template = {
  channel: 'messaging',
  variables: { sender: 'name', 'dialog?': 'name', count: 'count' },
  texts: {
    en: {
      title: '{has_dialog, select, yes {{dialog}} other {{sender}}}',
      body: '{has_dialog, select, yes {{count, plural, one {New message from {sender}} other {# new messages, the latest from {sender}}}} other {{count, plural, one {New message} other {# new messages}}}}',
      sms: 'Tchat: {count, plural, one {new message} other {# new messages}} from {sender}{has_dialog, select, yes { in {dialog}} other {}}.',
      subject:
        '{count, plural, one {New message} other {# new messages}} {has_dialog, select, yes {in {dialog}} other {from {sender}}}',
      more: 'Open Tchat to read and reply.',
    },
    th: {
      title: '{has_dialog, select, yes {{dialog}} other {{sender}}}',
      body: '{has_dialog, select, yes {{count, plural, =1 {ข้อความใหม่จาก {sender}} other {ข้อความใหม่ # ข้อความ ล่าสุดจาก {sender}}}} other {{count, plural, =1 {ข้อความใหม่} other {ข้อความใหม่ # ข้อความ}}}}',
      sms: 'Tchat: ข้อความใหม่ {count, number} ข้อความจาก {sender}{has_dialog, select, yes { ใน {dialog}} other {}}',
      subject: 'ข้อความใหม่ {count, number} ข้อความ{has_dialog, select, yes {ใน {dialog}} other {จาก {sender}}}',
      more: 'เปิด Tchat เพื่ออ่านและตอบกลับ',
    },
    id: {
      title: '{has_dialog, select, yes {{dialog}} other {{sender}}}',
      body: '{has_dialog, select, yes {{count, plural, =1 {Pesan baru dari {sender}} other {# pesan baru, terakhir dari {sender}}}} other {{count, plural, =1 {Pesan baru} other {# pesan baru}}}}',
      sms: 'Tchat: {count, number} pesan baru dari {sender}{has_dialog, select, yes { di {dialog}} other {}}.',
      subject: '{count, number} pesan baru {has_dialog, select, yes {di {dialog}} other {dari {sender}}}',
      more: 'Buka Tchat untuk membaca dan membalas.',
    },
    ms: {
      title: '{has_dialog, select, yes {{dialog}} other {{sender}}}',
      body: '{has_dialog, select, yes {{count, plural, =1 {Mesej baharu daripada {sender}} other {# mesej baharu, yang terkini daripada {sender}}}} other {{count, plural, =1 {Mesej baharu} other {# mesej baharu}}}}',
      sms: 'Tchat: {count, number} mesej baharu daripada {sender}{has_dialog, select, yes { dalam {dialog}} other {}}.',
      subject: '{count, number} mesej baharu {has_dialog, select, yes {dalam {dialog}} other {daripada {sender}}}',
      more: 'Buka Tchat untuk membaca dan membalas.',
    },
    fil: {
      title: '{has_dialog, select, yes {{dialog}} other {{sender}}}',
      body: '{has_dialog, select, yes {{count, plural, =1 {Bagong mensahe mula kay {sender}} one {# bagong mensahe, ang huli ay mula kay {sender}} other {# na bagong mensahe, ang huli ay mula kay {sender}}}} other {{count, plural, =1 {Bagong mensahe} one {# bagong mensahe} other {# na bagong mensahe}}}}',
      sms: 'Tchat: {count, plural, one {# bagong mensahe} other {# na bagong mensahe}} mula kay {sender}{has_dialog, select, yes { sa {dialog}} other {}}.',
      subject:
        '{count, plural, one {# bagong mensahe} other {# na bagong mensahe}} {has_dialog, select, yes {sa {dialog}} other {mula kay {sender}}}',
      more: 'Buksan ang Tchat para basahin at sagutin.',
    },
    vi: {
      title: '{has_dialog, select, yes {{dialog}} other {{sender}}}',
      body: '{has_dialog, select, yes {{count, plural, =1 {Tin nhắn mới từ {sender}} other {# tin nhắn mới, gần nhất từ {sender}}}} other {{count, plural, =1 {Tin nhắn mới} other {# tin nhắn mới}}}}',
      sms: 'Tchat: {count, number} tin nhan moi tu {sender}{has_dialog, select, yes { trong {dialog}} other {}}.',
      subject: '{count, number} tin nhắn mới {has_dialog, select, yes {trong {dialog}} other {từ {sender}}}',
      more: 'Mở Tchat để đọc và trả lời.',
    },
  },
};
