// What a HIS hands over behind the # stays in the browser: no server sees it.
for (const [key, value] of new URLSearchParams(location.hash.slice(1))) {
  if (['name', 'department', 'extension'].includes(key)) document.querySelector('remote-support-button').setAttribute(key, value);
}
