// The built-in templates: one subject for each event, one text and one HTML body for all of them.

const subjects: ReadonlyMap<string, string> = new Map([
  ['delivery', '{{ subject }}: delivery {{ data.result | default: "ended" }}'],
  [
    'approval-requested',
    '{{ subject }}: approval wanted{% if data.environment %} for {{ data.environment }}{% endif %}',
  ],
  [
    'approval-pending',
    '{{ subject }}: still waiting for approval{% if data.environment %} for {{ data.environment }}{% endif %}',
  ],
  ['approved', '{{ subject }}: approved{% if data.environment %} for {{ data.environment }}{% endif %}'],
  ['rejected', '{{ subject }}: rejected{% if data.environment %} for {{ data.environment }}{% endif %}'],
  ['deployed', '{{ subject }}: deployed{% if data.environment %} to {{ data.environment }}{% endif %}'],
  ['failed', '{{ subject }}: failed{% if data.environment %} for {{ data.environment }}{% endif %}'],
  ['released', '{{ subject }}: released'],
]);

/** The Liquid of an event's subject; events without one of their own show their name. */
export function builtInSubject(event: string): string {
  return subjects.get(event) ?? '{{ subject }}: {{ event }}';
}

export const builtInText = `{{ headline }}
{% if data.text %}
{{ data.text }}
{% endif %}
{% for failure in failures %}{{ failure.what }} failed: {{ failure.message }}{% if failure.code %} ({{ failure.code }}){% endif %}
{% if failure.place %}  Where: {{ failure.place }}{% if failure.placeUrl %} {{ failure.placeUrl }}{% endif %}
{% endif %}{% if failure.next %}  Next: {{ failure.next }}
{% endif %}{% if failure.logUrl %}  Log: {{ failure.logUrl }}
{% endif %}
{% endfor %}{% for fact in facts %}{{ fact.label }}: {{ fact.value }}
{% endfor %}
{% for link in links %}{{ link.label }}: {{ link.value }}
{% endfor %}`;

export const builtInHtml = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ headline }}</title></head>
<body style="font-family: sans-serif">
<h1 style="font-size: 1.2em">{{ headline }}</h1>
{% if data.text %}<p style="white-space: pre-wrap">{{ data.text }}</p>
{% endif %}{% for failure in failures %}<h2 style="font-size: 1em">{{ failure.what }} failed</h2>
<p style="white-space: pre-wrap"><b>{{ failure.message }}</b> <code>{{ failure.code }}</code></p>
<ul>{% if failure.placeUrl %}<li>Where: <a href="{{ failure.placeUrl }}">{{ failure.place }}</a></li>
{% elsif failure.place %}<li>Where: {{ failure.place }}</li>
{% endif %}{% if failure.next %}<li>Next: {{ failure.next }}</li>
{% endif %}{% if failure.logUrl %}<li><a href="{{ failure.logUrl }}">Log</a></li>
{% endif %}</ul>
{% endfor %}<table>
{% for fact in facts %}<tr><th align="left">{{ fact.label }}</th><td>{{ fact.value }}</td></tr>
{% endfor %}</table>
{% for link in links %}<p><a href="{{ link.value }}">{{ link.label }}</a></p>
{% endfor %}</body></html>
`;

/** HTML for a text body of the caller's own: the same words, as they stand. */
export const htmlAroundText = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ headline }}</title></head>
<body><pre style="font-family: sans-serif; white-space: pre-wrap">{{ body }}</pre></body></html>
`;
