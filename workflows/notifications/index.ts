export { unreadStory } from './unread-story.ts';
