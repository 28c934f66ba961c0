import type { ClientEventName } from '#shared/sockets/client-events.ts';
import { NOBODYS, NOBODYS_EITHER } from './calls.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [name: string]: Json };

/** A body that a call takes. The examples of one call together have a value for every field that it knows. */
export type Example = {
  readonly body: JsonObject;
  /** Types that a field takes beside the one that its value has here, by path. */
  readonly alsoTakes?: Readonly<Record<string, readonly string[]>>;
  /** Paths of objects whose names are the client's own. */
  readonly anyNames?: readonly string[];
  /** Where it is told that a field is missing, when not at the field. */
  readonly missedAt?: Readonly<Record<string, string>>;
};

const PHONE = { phone_number: '081 234 5678', country_code: 'TH' };
const PICTURE = 'https://images.example.com/one.png';
const PLACE = { street: '1 Silom', city: 'Bangkok', state: 'Bangkok', postal_code: '10500', country: 'TH' };
const NULL = ['null'];

const DIALOG = { name: 'Lunch', description: 'Where and when', avatar_url: PICTURE };
const DIALOG_TAKES = { description: NULL, avatar_url: NULL };

/** A message of each type, with what belongs to its transport. */
function messages(own: JsonObject): Example[] {
  const common = { ...own, client_id: 'c-1', reply_to_id: NOBODYS };
  const media = { media_id: NOBODYS };
  const size = { width: 640, height: 480 };
  const place = { latitude: 13.7, longitude: 100.5, name: 'Silom', address: '1 Silom' };
  const others: JsonObject[] = [
    { message_type: 'location', content: 'here', metadata: place },
    { message_type: 'sticker', content: 'hi', metadata: { pack_id: 'cats', sticker_id: '1' } },
    { message_type: 'image', content: 'see', metadata: { ...media, ...size } },
    { message_type: 'video', content: 'see', metadata: { ...media, ...size, duration_ms: 900 } },
    { message_type: 'audio', content: 'hear', metadata: { ...media, duration_ms: 900 } },
    { message_type: 'file', content: 'read', metadata: { ...media, file_name: 'a.pdf' } },
  ];
  return [
    {
      body: { ...common, message_type: 'text', content: 'hello', metadata: { mood: 'glad', mentions: [NOBODYS] } },
      alsoTakes: { reply_to_id: NULL, metadata: NULL, 'metadata.mood': ['number', 'boolean'] },
      anyNames: ['metadata'],
    },
    ...others.map((other) => ({ body: { ...common, ...other }, alsoTakes: { reply_to_id: NULL } })),
  ];
}

const SHOP = {
  body: {
    name: 'Lamps & Co',
    description: 'Lamps of all kinds',
    category: 'light',
    address: PLACE,
    contact: { phone: '+66812345678', email: 'lamps@example.com', website: 'https://lamps.example.com/' },
    settings: {
      supported_currencies: ['THB'],
      supported_languages: ['th'],
      shipping_countries: ['TH'],
      shipping_fees: { THB: '40.00' },
      tax: { registered: true },
    },
  },
};

const VARIANT = {
  id: NOBODYS,
  name: 'Large',
  sku: 'L-1-L',
  price_adjustment: '10.00',
  stock_quantity: 3,
  attributes: { size: 'L' },
};
const PRODUCT = {
  name: 'Lamp',
  description: 'It shines',
  category: 'light',
  brand: 'Shine',
  sku: 'L-1',
  images: [PICTURE],
  attributes: { colour: 'blue' },
  variants: [VARIANT],
  status: 'inactive',
  price: '80.00',
  currency: 'THB',
  stock_quantity: 5,
};
const PRODUCT_NAMES = ['attributes', 'variants.0.attributes'];

const ORDER = {
  shop_id: NOBODYS,
  items: [{ product_id: NOBODYS, variant_id: NOBODYS, quantity: 1 }],
  currency: 'THB',
  shipping_address: { name: 'Nok', phone: '+66812345678', ...PLACE },
  notes: 'ring twice',
};

const DOCUMENT = {
  type: 'national_id',
  number: '3100600445635',
  country: 'TH',
  issued_at: '2020-05-01',
  // Further away than any is issued for would be refused.
  expires_at: `${new Date().getUTCFullYear() + 5}-05-01`,
  media_id: NOBODYS,
};

const DEVICE = { device_id: 'd-1', platform: 'web', app_version: '1.0' };
const TRANSFER = { wallet_id: NOBODYS, recipient_id: NOBODYS, amount: '100.00', currency: 'THB' };

const NOTIFICATION = {
  recipient_id: NOBODYS,
  template: 'ops.announcement',
  variables: { title: 'News', text: 'All is well' },
  channel: 'announcements',
  priority: 'low',
  scheduled_at: '2026-01-01T00:00:00.000Z',
  expires_at: '2999-01-01T00:00:00.000Z',
  data: { order_id: '1' },
  fallback: [{ type: 'sms', after: 'PT5M' }],
};
/** The template has the last word on its variables. */
const ANY_VALUE = ['number', 'boolean', 'array'];
const VALUES = { 'variables.title': ANY_VALUE, 'variables.text': ANY_VALUE };
const NOTIFICATION_NAMES = ['variables', 'data'];

/** A call that has a body has an entry here, by its name. */
export const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  sendOtp: [{ body: { ...PHONE, locale: 'th' } }],
  verifyOtp: [{ body: { ...PHONE, otp_code: '123456', device_info: DEVICE, pin: '246810', start_anew: true } }],
  changePhone: [{ body: { ...PHONE, otp_code: '123456', device_info: DEVICE, start_anew: true } }],
  refreshSession: [{ body: { refresh_token: 'none-of-ours', device_id: 'a phone' } }],
  setPin: [{ body: { pin: '246810', step_up_token: 'none-of-ours' } }],
  resetPin: [{ body: { pin: '246810', otp_code: '123456' } }],
  stepUp: [{ body: { pin: '246810' } }],
  enrolSecondFactor: [{ body: { enrolment_code: 'NONE OF OURS' } }],
  confirmSecondFactor: [{ body: { code: '123456' } }],
  verifySecondFactor: [{ body: { code: '123456' } }],
  recoverSecondFactor: [{ body: { recovery_code: 'NONE-OF-OURS' } }],
  updateProfile: [
    {
      body: {
        display_name: 'Nok',
        avatar_url: PICTURE,
        locale: 'th',
        timezone: 'Asia/Bangkok',
        presence_visible_to: 'nobody',
      },
      alsoTakes: { avatar_url: NULL },
    },
  ],
  lookUpUsers: [{ body: { phone_numbers: ['+66812345678'] } }],
  appealSuspension: [{ body: { ...PHONE, otp_code: '123456', statement: 'They were real' } }],
  suspendUser: [{ body: { reason: 'sells fakes' } }],
  reinstateUser: [{ body: { reason: 'they were real' } }],
  deleteUser: [{ body: { reason: 'a court order' } }],
  rejectAppeal: [{ body: { reason: 'they were not' } }],
  blockUser: [{ body: { reason: 'sells too much' } }],
  reportUser: [{ body: { reason: 'sells too much' } }],

  openDialog: [
    {
      body: { ...DIALOG, type: 'direct', participant_ids: [NOBODYS] },
      alsoTakes: { ...DIALOG_TAKES, name: NULL },
    },
    { body: { ...DIALOG, type: 'group', participant_ids: [NOBODYS, NOBODYS_EITHER] }, alsoTakes: DIALOG_TAKES },
    { body: { ...DIALOG, type: 'channel', participant_ids: [NOBODYS] }, alsoTakes: DIALOG_TAKES },
  ],
  editDialog: [
    {
      body: {
        ...DIALOG,
        settings: { is_public: true, allow_media: false, message_retention_days: 30, moderation_enabled: true },
      },
      alsoTakes: { ...DIALOG_TAKES, 'settings.message_retention_days': NULL },
    },
  ],
  addParticipants: [{ body: { user_ids: [NOBODYS], role: 'admin' } }],
  removeParticipants: [{ body: { user_ids: [NOBODYS] } }],
  changeRoles: [{ body: { user_ids: [NOBODYS], role: 'admin' } }],
  muteDialog: [{ body: { muted_until: '2100-01-01T00:00:00.000Z' }, alsoTakes: { muted_until: NULL } }],
  pinMessage: [{ body: { message_id: NOBODYS } }],
  unpinMessage: [{ body: { message_id: NOBODYS } }],
  sendMessage: messages({}),
  editMessage: [{ body: { content: 'hello again' } }],
  addReaction: [{ body: { emoji: '👍' } }],
  removeReaction: [{ body: { emoji: '👍' } }],
  reportMessage: [{ body: { reason: 'sells too much' } }],
  advanceReceipt: [{ body: { delivered_seq: 1, read_seq: 1 } }],

  createWallet: [{ body: { currency: 'THB', is_primary: true } }],
  createMoneyRequest: [
    {
      body: {
        payer_id: NOBODYS,
        amount: '100.00',
        currency: 'THB',
        note: 'for lunch',
        expires_at: new Date(Date.now() + 86_400_000).toISOString(),
      },
    },
  ],
  payMoneyRequest: [{ body: { description: 'for lunch' } }],
  updateWallet: [{ body: { is_primary: true } }],
  freezeWallet: [{ body: { reason: 'a stolen phone' } }],
  unfreezeWallet: [{ body: { reason: 'it was found' } }],
  createDeposit: [{ body: { amount: '100.00', payment_method: 'promptpay', description: 'for lunch' } }],
  createWithdrawal: [
    {
      body: {
        amount: '100.00',
        destination: { type: 'bank', bank_code: 'kbank', account_number: '1234567891', account_name: 'Somchai Jaidee' },
        description: 'rent',
      },
    },
  ],
  refundTransaction: [{ body: { amount: '10.00' } }],
  parseQr: [{ body: { payload: '00020101021129370016A000000677010111011300668012345675802TH530376463046197' } }],
  createQuote: [{ body: { from: 'THB', to: 'USD', amount: '100.00' } }],
  createConversion: [{ body: { quote_id: NOBODYS, description: 'for the trip' } }],
  acceptRate: [{ body: { currency: 'THB', rated_at: '2026-01-01T00:00:00.000Z', reason: 'it is right' } }],
  createTransfer: [{ body: { ...TRANSFER, description: 'for lunch', reference: 'lunch-1' } }],

  openDispute: [{ body: { transaction_id: NOBODYS, reason: 'damaged', amount: '10.00', text: 'It came in pieces' } }],
  answerDispute: [{ body: { answer: 'contest', text: 'It was whole when it left' } }],
  decideDispute: [{ body: { outcome: 'customer', amount: '10.00' } }],

  submitKyc: [
    {
      body: {
        tier: 1,
        full_name: 'Somchai Jaidee',
        date_of_birth: '1990-05-17',
        address: PLACE,
        documents: [DOCUMENT],
      },
    },
  ],
  submitShopVerification: [
    {
      body: {
        registration_number: '0994000617721',
        legal_name: 'Lamps Company Limited',
        documents: [{ ...DOCUMENT, type: 'business_registration', number: '0994000617721' }],
      },
    },
  ],
  registerPushDevice: [
    { body: { platform: 'fcm', token: 'a-token-of-firebase' } },
    { body: { platform: 'apns', token: 'a-token-of-apple' } },
    {
      body: {
        platform: 'webpush',
        subscription: {
          endpoint: 'https://push.example.com/one',
          expirationTime: 1,
          keys: { p256dh: 'A'.repeat(87), auth: 'A'.repeat(22) },
        },
      },
      alsoTakes: { 'subscription.expirationTime': NULL },
    },
  ],
  setEmail: [{ body: { address: 'nok@example.com' } }],
  findSuppressions: [{ body: { address: 'nok@example.com' } }],
  liftSuppression: [{ body: { reason: 'reader_asked' } }],
  decideOpsReport: [{ body: { decision: 'keep' } }],
  decideUserReport: [{ body: { decision: 'dismissed' } }],
  decideHit: [{ body: { decision: 'clear', reason: 'another of that name' } }],
  resolveFinding: [{ body: { action: 'write_off', reason: 'too small to follow' } }],
  decideMoneyAlert: [{ body: { decision: 'allow' } }],
  decideReview: [
    { body: { decision: 'approve', reason: 'All is well', round: 1 } },
    { body: { decision: 'ask_again', reason: 'It is blurred', wanted: ['passport'], round: 1 } },
  ],

  openShop: [SHOP],
  editShop: [SHOP],
  addProduct: [{ body: { shop_id: NOBODYS, ...PRODUCT }, anyNames: PRODUCT_NAMES }],
  editProduct: [{ body: PRODUCT, anyNames: PRODUCT_NAMES }],
  placeOrder: [
    { body: { ...ORDER, wallet_id: NOBODYS } },
    { body: { ...ORDER, payment_method: 'promptpay' }, missedAt: { payment_method: 'wallet_id' } },
  ],
  confirmOrder: [{ body: {} }],
  shipOrder: [{ body: { tracking_number: 'TH123', carrier: 'Kerry' } }],
  deliverOrder: [{ body: { proof: 'signed by Nok', reason: 'handed over' } }],
  cancelOrder: [{ body: { reason: 'changed my mind' } }],
  returnOrder: [{ body: { reason: 'broken', accepted: true } }],
  reviewProduct: [{ body: { order_id: NOBODYS, rating: 5, text: 'It shines' } }],

  createNotification: [
    { body: { ...NOTIFICATION, type: 'in_app' }, alsoTakes: VALUES, anyNames: NOTIFICATION_NAMES },
    { body: { ...NOTIFICATION, types: ['in_app'] }, alsoTakes: VALUES, anyNames: NOTIFICATION_NAMES },
  ],
  previewNotification: [
    {
      body: {
        template: 'account.restored',
        type: 'sms',
        locale: 'th',
        country: 'TH',
        timezone: 'Asia/Bangkok',
        variables: {},
        version: 1,
      },
      anyNames: ['variables'],
    },
  ],
  putNotificationPreferences: [
    {
      body: {
        channels: { payments: { push: false, email: true } },
        quiet_hours: { from: '22:00', to: '07:00' },
        marketing_consent: true,
        digest: 'bundled',
      },
      alsoTakes: { quiet_hours: NULL },
      anyNames: ['channels', 'channels.payments'],
    },
  ],
};

/** What clients may emit over sockets. */
export const EVENT_EXAMPLES: Readonly<Record<ClientEventName, readonly Example[]>> = {
  'message:send': messages({ dialog_id: NOBODYS }),
  'message:edit': [{ body: { message_id: NOBODYS, content: 'hello again' } }],
  'message:delete': [{ body: { message_id: NOBODYS } }],
  'reaction:add': [{ body: { message_id: NOBODYS, emoji: '👍' } }],
  'reaction:remove': [{ body: { message_id: NOBODYS, emoji: '👍' } }],
  'receipt:delivered': [{ body: { dialog_id: NOBODYS, seq: 1 } }],
  'receipt:read': [{ body: { dialog_id: NOBODYS, seq: 1 } }],
  'typing:start': [{ body: { dialog_id: NOBODYS } }],
  'typing:stop': [{ body: { dialog_id: NOBODYS } }],
  'presence:subscribe': [{ body: { user_ids: [NOBODYS] } }],
  sync: [{ body: { dialogs: [{ dialog_id: NOBODYS, after_version: 0 }], limit: 100 } }],
};
