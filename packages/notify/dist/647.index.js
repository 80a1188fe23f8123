const $=647,A=[647],C={647:((E,f,s)=>{s.d(f,{renderMessage:()=>x});var l=s(736),u=s(3);const p=new Map([["delivery",'{{ subject }}: delivery {{ data.result | default: "ended" }}'],["approval-requested","{{ subject }}: approval wanted{% if data.environment %} for {{ data.environment }}{% endif %}"],["approval-pending","{{ subject }}: still waiting for approval{% if data.environment %} for {{ data.environment }}{% endif %}"],["approved","{{ subject }}: approved{% if data.environment %} for {{ data.environment }}{% endif %}"],["rejected","{{ subject }}: rejected{% if data.environment %} for {{ data.environment }}{% endif %}"],["deployed","{{ subject }}: deployed{% if data.environment %} to {{ data.environment }}{% endif %}"],["failed","{{ subject }}: failed{% if data.environment %} for {{ data.environment }}{% endif %}"],["released","{{ subject }}: released"]]);function m(e){return p.get(e)??"{{ subject }}: {{ event }}"}const h=`{{ headline }}
{% if data.text %}
{{ data.text }}
{% endif %}
{% for fact in facts %}{{ fact.label }}: {{ fact.value }}
{% endfor %}
{% for link in links %}{{ link.label }}: {{ link.value }}
{% endfor %}`,b=`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ headline }}</title></head>
<body style="font-family: sans-serif">
<h1 style="font-size: 1.2em">{{ headline }}</h1>
{% if data.text %}<p style="white-space: pre-wrap">{{ data.text }}</p>
{% endif %}<table>
{% for fact in facts %}<tr><th align="left">{{ fact.label }}</th><td>{{ fact.value }}</td></tr>
{% endfor %}</table>
{% for link in links %}<p><a href="{{ link.value }}">{{ link.label }}</a></p>
{% endfor %}</body></html>
`,g=`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ headline }}</title></head>
<body><pre style="font-family: sans-serif; white-space: pre-wrap">{{ body }}</pre></body></html>
`;function i(e){return j(e).toWellFormed().replace(/\r\n?|[\u2028\u2029\u0085]/g,`
`).replace(v,"")}function y(e){return i(e).replace(/\s+/g," ").trim()}function d(e){return i(e).replace(/[&<>"'`=]/g,t=>`&#${t.charCodeAt(0)};`)}const v=/(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}]/gu;function j(e){return e==null?"":typeof e=="object"?JSON.stringify(e):String(e)}const w=["if","unless","case","for","break","continue","assign","capture","comment","#"],c=200;function x(e,t){const n=k(e.subject||m(t.event),t),a={...t,headline:n},r=o("template",e.text||h,{scope:a,escaper:i}),T=e.text!==""&&e.html===""?o("html-template",g,{scope:{...a,body:r},escaper:d}):o("html-template",e.html||b,{scope:a,escaper:d});return{subject:n,text:r.replace(/\n{3,}/g,`

`).trim(),html:T}}function k(e,t){const n=o("subject",e,{scope:t,escaper:y}).trim();if(n!==""&&!/[\p{Cc}\u2028\u2029]/u.test(n))return n.length<=c?n:`${n.slice(0,c-1)}\u2026`.toWellFormed();throw new l.l({code:"subject-invalid",message:`subject: one line of text was expected, ${JSON.stringify(n.slice(0,80))} was rendered`,hint:"Keep line breaks out of `subject`, and see that the values it names are not all empty."})}function o(e,t,{scope:n,escaper:a}){try{return S(a).parseAndRenderSync(t,n)}catch(r){throw new l.l({code:"template-invalid",message:`${e}: ${r instanceof Error?i(r.message).slice(0,400):"it cannot be rendered"}`,hint:"See the variables in the README; write {% if data.x %} around what may be absent.",cause:r})}}function S(e){const t=new u.HX({outputEscape:e,strictVariables:!0,strictFilters:!0,lenientIf:!0,ownPropertyOnly:!0,jsTruthy:!0,templates:{},parseLimit:131072,renderLimit:2e3,memoryLimit:16777216});for(const n of Object.keys(t.tags))w.includes(n)||delete t.tags[n];return t.registerFilter("raw",()=>{throw new Error("the filter raw is not available: data is always escaped")}),t}})};export{$ as id,A as ids,C as modules};
