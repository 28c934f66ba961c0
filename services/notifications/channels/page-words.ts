import type { NotificationChannel } from '#shared/contracts/notifications/notification.ts';
import type { Locale } from '#shared/regions.ts';

type Words = {
  readonly confirm: { readonly title: string; readonly ask: string; readonly button: string; readonly done: string };
  readonly unsubscribe: {
    readonly title: string;
    readonly button: string;
    readonly done: string;
    readonly back: string;
  };
  /** What ends, by channel. */
  readonly about: Readonly<Record<Exclude<NotificationChannel, 'security'>, string>>;
};

/** What the pages behind links in mails say. */
export const PAGE_WORDS: Readonly<Record<Locale, Words>> = {
  en: {
    confirm: {
      title: 'Confirm your e-mail address',
      ask: 'Do you want Tchat to write to you at this address?',
      button: 'Yes, this is my address',
      done: 'Thank you. Your address is confirmed.',
    },
    unsubscribe: {
      title: 'Stop these e-mails',
      button: 'Stop them',
      done: 'Done. You will get no more of these e-mails.',
      back: 'You can switch them on again in the app, under Notifications.',
    },
    about: {
      order_updates: 'E-mails about your orders',
      messaging: 'E-mails about messages',
      payments: 'E-mails about payments',
      account: 'E-mails about your account',
      announcements: 'E-mails with news and offers',
    },
  },
  th: {
    confirm: {
      title: 'ยืนยันอีเมลของคุณ',
      ask: 'คุณต้องการให้ Tchat ส่งอีเมลถึงคุณที่อยู่นี้หรือไม่',
      button: 'ใช่ นี่คืออีเมลของฉัน',
      done: 'ขอบคุณ ยืนยันอีเมลของคุณแล้ว',
    },
    unsubscribe: {
      title: 'หยุดรับอีเมลเหล่านี้',
      button: 'หยุดรับ',
      done: 'เรียบร้อย คุณจะไม่ได้รับอีเมลเหล่านี้อีก',
      back: 'คุณเปิดรับอีกครั้งได้ในแอป ที่หัวข้อการแจ้งเตือน',
    },
    about: {
      order_updates: 'อีเมลเกี่ยวกับคำสั่งซื้อ',
      messaging: 'อีเมลเกี่ยวกับข้อความ',
      payments: 'อีเมลเกี่ยวกับการชำระเงิน',
      account: 'อีเมลเกี่ยวกับบัญชีของคุณ',
      announcements: 'อีเมลข่าวสารและข้อเสนอ',
    },
  },
  id: {
    confirm: {
      title: 'Konfirmasi alamat email Anda',
      ask: 'Apakah Anda ingin Tchat mengirim email ke alamat ini?',
      button: 'Ya, ini alamat saya',
      done: 'Terima kasih. Alamat Anda sudah dikonfirmasi.',
    },
    unsubscribe: {
      title: 'Hentikan email ini',
      button: 'Hentikan',
      done: 'Selesai. Anda tidak akan menerima email ini lagi.',
      back: 'Anda dapat mengaktifkannya lagi di aplikasi, pada Notifikasi.',
    },
    about: {
      order_updates: 'Email tentang pesanan Anda',
      messaging: 'Email tentang pesan',
      payments: 'Email tentang pembayaran',
      account: 'Email tentang akun Anda',
      announcements: 'Email berita dan penawaran',
    },
  },
  ms: {
    confirm: {
      title: 'Sahkan alamat e-mel anda',
      ask: 'Adakah anda mahu Tchat menghantar e-mel ke alamat ini?',
      button: 'Ya, ini alamat saya',
      done: 'Terima kasih. Alamat anda telah disahkan.',
    },
    unsubscribe: {
      title: 'Hentikan e-mel ini',
      button: 'Hentikan',
      done: 'Selesai. Anda tidak akan menerima e-mel ini lagi.',
      back: 'Anda boleh menghidupkannya semula dalam aplikasi, di bawah Pemberitahuan.',
    },
    about: {
      order_updates: 'E-mel tentang pesanan anda',
      messaging: 'E-mel tentang mesej',
      payments: 'E-mel tentang pembayaran',
      account: 'E-mel tentang akaun anda',
      announcements: 'E-mel berita dan tawaran',
    },
  },
  fil: {
    confirm: {
      title: 'Kumpirmahin ang iyong email address',
      ask: 'Gusto mo bang sulatan ka ng Tchat sa address na ito?',
      button: 'Oo, ito ang address ko',
      done: 'Salamat. Nakumpirma na ang iyong address.',
    },
    unsubscribe: {
      title: 'Ihinto ang mga email na ito',
      button: 'Ihinto',
      done: 'Tapos na. Hindi ka na makakatanggap ng mga email na ito.',
      back: 'Maaari mo itong buksan muli sa app, sa ilalim ng Mga Notipikasyon.',
    },
    about: {
      order_updates: 'Mga email tungkol sa iyong mga order',
      messaging: 'Mga email tungkol sa mga mensahe',
      payments: 'Mga email tungkol sa mga bayad',
      account: 'Mga email tungkol sa iyong account',
      announcements: 'Mga email ng balita at alok',
    },
  },
  vi: {
    confirm: {
      title: 'Xác nhận địa chỉ email của bạn',
      ask: 'Bạn có muốn Tchat gửi email đến địa chỉ này không?',
      button: 'Đúng, đây là địa chỉ của tôi',
      done: 'Cảm ơn bạn. Địa chỉ của bạn đã được xác nhận.',
    },
    unsubscribe: {
      title: 'Ngừng nhận các email này',
      button: 'Ngừng nhận',
      done: 'Xong. Bạn sẽ không nhận các email này nữa.',
      back: 'Bạn có thể bật lại trong ứng dụng, ở mục Thông báo.',
    },
    about: {
      order_updates: 'Email về đơn hàng của bạn',
      messaging: 'Email về tin nhắn',
      payments: 'Email về thanh toán',
      account: 'Email về tài khoản của bạn',
      announcements: 'Email tin tức và ưu đãi',
    },
  },
};
