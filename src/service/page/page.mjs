// What the pages are more pleasant with; every one of them works without.

/** Drop zones: what is dropped goes to the zone's own control, whichever the browser would have opened instead. */
function zone(box) {
  const input = box.querySelector('input[type=file]');
  const shown = box.querySelector('[data-chosen]');
  const tell = () => {
    const files = [...box.querySelectorAll('input[type=file]')].flatMap((one) => [...one.files]);
    const names = files.slice(0, 3).map((file) => file.name).join('、');
    // A single file's name stands beside the button already.
    shown.hidden = files.length < 2;
    shown.textContent = files.length > 3 ? `${names} … (${files.length})` : names;
  };
  box.addEventListener('change', tell);
  for (const name of ['dragenter', 'dragover']) {
    box.addEventListener(name, (event) => {
      event.preventDefault();
      box.classList.add('over');
    });
  }
  box.addEventListener('dragleave', (event) => {
    if (!box.contains(event.relatedTarget)) box.classList.remove('over');
  });
  box.addEventListener('drop', async (event) => {
    event.preventDefault();
    box.classList.remove('over');
    const files = await dropped(event.dataTransfer);
    if (files.length === 0) return;
    const taken = new DataTransfer();
    for (const file of input.multiple ? files : files.slice(0, 1)) taken.items.add(file);
    input.files = taken.files;
    tell();
  });
}

/** The files of a drop; those of a folder, too. */
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  const files = [];
  const walk = async (entry) => {
    if (entry.isFile) {
      files.push(await new Promise((done, failed) => entry.file(done, failed)));
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const part = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (part.length === 0) return;
      for (const one of part) await walk(one);
    }
  };
  for (const entry of entries) await walk(entry);
  return files.filter((file) => !file.name.startsWith('.'));
}

/** An upload with a bar. The answer is a page, of the work or of what is wrong with it. */
function upload(form) {
  const button = form.querySelector('button[type=submit]');
  const said = form.querySelector('[data-said]');
  const wait = form.querySelector('[data-progress]');
  const bar = wait.querySelector('progress');
  const failed = (words) => {
    wait.hidden = true;
    button.disabled = false;
    said.textContent = words;
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.upload.addEventListener('progress', ({ lengthComputable, loaded, total }) => {
      if (!lengthComputable) return;
      const percent = Math.round((100 * loaded) / total);
      bar.value = percent;
      said.textContent = percent < 100 ? `${form.dataset.sending} ${percent}%` : form.dataset.arrived;
    });
    request.addEventListener('load', () => {
      if (request.status < 300) {
        location.assign(request.responseURL);
        return;
      }
      const page = new DOMParser().parseFromString(request.responseText, 'text/html');
      const told = page.querySelector('[data-trouble]');
      failed(form.dataset.failed);
      if (told) said.replaceChildren(...[...told.querySelectorAll('h1, .lead, .found, p.soft')].map(copied));
      said.className = 'note wrong told';
      said.tabIndex = -1;
      said.focus();
    });
    request.addEventListener('error', () => failed(form.dataset.failed));
    request.open('POST', form.action);
    request.setRequestHeader('Accept', 'text/html');
    said.className = '';
    wait.hidden = false;
    button.disabled = true;
    request.send(new FormData(form));
  });
  // Coming back by the browser's own button, the form is as it was.
  addEventListener('pageshow', ({ persisted }) => persisted && failed(''));
}

/** What another page of ours says, for this one; its heading is no heading here. */
function copied(one) {
  if (one.tagName !== 'H1') return document.importNode(one, true);
  const words = document.createElement('b');
  words.textContent = one.textContent;
  return words;
}

/** Progress by events; the first event is always the present state, so that a broken connection loses nothing. */
function follow(box) {
  const bar = box.querySelector('[data-bar]');
  const said = box.querySelector('[data-said]');
  const events = new EventSource(box.dataset.events);
  let last = 0;
  const progress = ({ data }) => {
    const { done = 0, total = 0, state } = JSON.parse(data);
    if (['done', 'cancelled', 'failed', 'checked'].includes(state)) return finished();
    if (total === 0) return;
    bar.max = total;
    bar.value = done;
    document.title = document.title.replace(/^(\d+% · )?/u, `${Math.floor((100 * done) / total)}% · `);
    // Whoever listens instead of looking is told every few seconds, not four times a second.
    if (Date.now() - last > 2000 || done === total) {
      last = Date.now();
      said.textContent = box.dataset.of.replace('{done}', done).replace('{total}', total);
    }
  };
  const finished = () => {
    events.close();
    location.reload();
  };
  events.addEventListener('progress', progress);
  events.addEventListener('state', progress);
  events.addEventListener('done', finished);
}

/** The second click of a double click is none. What the form asks for may be a file, so it can be sent again a little later. */
function once(form) {
  let sent = 0;
  form.addEventListener('submit', (event) => {
    if (Date.now() - sent < 2000) event.preventDefault();
    else sent = Date.now();
  });
}

/** A sheet in the width of the page and back. */
function zoom(link) {
  const paper = link.closest('.paper');
  const picture = link.querySelector('img');
  const small = picture.src;
  link.setAttribute('role', 'button');
  link.setAttribute('aria-pressed', 'false');
  link.addEventListener('click', (event) => {
    event.preventDefault();
    const large = paper.classList.toggle('large');
    link.setAttribute('aria-pressed', String(large));
    picture.src = large ? picture.dataset.large : small;
  });
  link.addEventListener('keydown', (event) => {
    if (event.key !== ' ') return;
    event.preventDefault();
    link.click();
  });
}

/** The control that an address points at is ready to type in. */
function ready() {
  const target = location.hash.startsWith('#f-') ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  target?.querySelector('input:not([type=hidden]), textarea, select')?.focus();
}

document.querySelectorAll('[data-drop]').forEach(zone);
document.querySelectorAll('form[data-upload]').forEach(upload);
document.querySelectorAll('form[method=post]:not([data-upload])').forEach(once);
document.querySelectorAll('[data-events]').forEach(follow);
document.querySelectorAll('.paper a.zoom').forEach(zoom);
// Chromium goes to the place in the address after the scripts ran, and takes the focus away from where they put it.
if (document.readyState === 'complete') ready();
else addEventListener('load', () => setTimeout(ready));
