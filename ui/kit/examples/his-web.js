// What the HIS knows from its login. Never a patient: the kit leaves out what looks like a resident or chart number, but it
// cannot know whose name a name is.
const user = { name: '홍길동', department: '3병동 간호사실', extension: '7123' };

const button = document.querySelector('remote-support-button');
for (const [key, value] of Object.entries(user)) button.setAttribute(key, value);

// For the HIS's own log, if it keeps one: asked, seen, unanswered, and the names of values that were left out. No values.
button.addEventListener('remote-support', ({ detail }) => console.info('remote support:', detail.kind, detail.leftOut));

// A HIS asks before unsaved work is lost. The click on remote support must not set this off.
let unsaved = false;
document.querySelector('textarea').addEventListener('input', () => (unsaved = true));
window.addEventListener('beforeunload', (event) => unsaved && event.preventDefault());
