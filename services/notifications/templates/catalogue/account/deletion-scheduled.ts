import type { Template } from '../../template.ts';

/** `at` is when it is erased. */
export const accountDeletionScheduled: Template = {
  channel: 'account',
  variables: { at: 'moment' },
  texts: {
    en: {
      title: 'Your account will be deleted',
      body: 'Your Tchat account will be deleted for good on {at, date, long}. Log in before then if you want to keep it.',
      sms: 'Tchat: your account will be deleted on {at, date, medium}. Log in before then to keep it.',
    },
    th: {
      title: 'บัญชีของคุณจะถูกลบ',
      body: 'บัญชี Tchat ของคุณจะถูกลบถาวรวันที่ {at, date, long} หากต้องการเก็บไว้ โปรดเข้าสู่ระบบก่อนวันนั้น',
      sms: 'Tchat: บัญชีจะถูกลบ {at, date, medium} หากต้องการเก็บไว้ โปรดเข้าสู่ระบบก่อนวันนั้น',
    },
    id: {
      title: 'Akun Anda akan dihapus',
      body: 'Akun Tchat Anda akan dihapus selamanya pada {at, date, long}. Masuklah sebelum itu jika ingin mempertahankannya.',
      sms: 'Tchat: akun Anda akan dihapus pada {at, date, medium}. Masuk sebelum itu untuk mempertahankannya.',
    },
    ms: {
      title: 'Akaun anda akan dipadam',
      body: 'Akaun Tchat anda akan dipadam selama-lamanya pada {at, date, long}. Log masuk sebelum itu jika anda ingin mengekalkannya.',
      sms: 'Tchat: akaun anda akan dipadam pada {at, date, medium}. Log masuk sebelum itu untuk mengekalkannya.',
    },
    fil: {
      title: 'Buburahin ang iyong account',
      body: 'Tuluyang buburahin ang iyong Tchat account sa {at, date, long}. Mag-log in bago iyon kung gusto mong panatilihin ito.',
      sms: 'Tchat: buburahin ang iyong account sa {at, date, medium}. Mag-log in bago iyon para panatilihin ito.',
    },
    vi: {
      title: 'Tài khoản sẽ bị xóa',
      body: 'Tài khoản Tchat của bạn sẽ bị xóa vĩnh viễn ngày {at, date, long}. Hãy đăng nhập trước ngày đó nếu bạn muốn giữ lại.',
      sms: 'Tchat: tai khoan se bi xoa ngay {at, date, medium}. Dang nhap truoc ngay do de giu lai.',
    },
  },
};
