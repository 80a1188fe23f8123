const f=(e=>({id:e[0],ids:[e[0]],modules:{[e[1]]:((t,a,r)=>{r.d(a,{renderMessage:()=>m});var i=r(e[2]),l=r(e[3]);let n=new Map([["delivery",'{{ subject }}: delivery {{ data.result | default: "ended" }}'],["approval-requested","{{ subject }}: approval wanted{% if data.environment %} for {{ data.environment }}{% endif %}"],["approval-pending","{{ subject }}: still waiting for approval{% if data.environment %} for {{ data.environment }}{% endif %}"],["approved","{{ subject }}: approved{% if data.environment %} for {{ data.environment }}{% endif %}"],["rejected","{{ subject }}: rejected{% if data.environment %} for {{ data.environment }}{% endif %}"],["deployed","{{ subject }}: deployed{% if data.environment %} to {{ data.environment }}{% endif %}"],["failed","{{ subject }}: failed{% if data.environment %} for {{ data.environment }}{% endif %}"],["released","{{ subject }}: released"]]),f=`{{ headline }}
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
{% endfor %}`,d=`<!doctype html>
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
`,o=`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ headline }}</title></head>
<body><pre style="font-family: sans-serif; white-space: pre-wrap">{{ body }}</pre></body></html>
`;function s(e){var t;return(null==(t=e)?"":"object"==typeof t?JSON.stringify(t):String(t)).toWellFormed().replace(/\r\n?|[\u2028\u2029\u0085]/g,`
`).replace(p,"")}function c(e){return s(e).replace(/\s+/g," ").trim()}function u(e){return s(e).replace(/[&<>"'`=]/g,e=>`&#${e.charCodeAt(0)};`)}let p=/(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}]/gu,h=["if","unless","case","for","break","continue","assign","capture","comment","#"];function m(e,t){var a;let r=function(e,t){let a=b("subject",e,{scope:t,escaper:c}).trim();if(""!==a&&!/[\p{Cc}\u2028\u2029]/u.test(a))return a.length<=200?a:`${a.slice(0,199)}\u{2026}`.toWellFormed();throw new i.l({code:"subject-invalid",message:`subject: one line of text was expected, ${JSON.stringify(a.slice(0,80))} was rendered`,hint:"Keep line breaks out of `subject`, and see that the values it names are not all empty."})}(e.subject||(a=t.event,n.get(a)??"{{ subject }}: {{ event }}"),t),l={...t,headline:r},p=b("template",e.text||f,{scope:l,escaper:s}),h=""!==e.text&&""===e.html?b("html-template",o,{scope:{...l,body:p},escaper:u}):b("html-template",e.html||d,{scope:l,escaper:u});return{subject:r,text:p.replace(/\n{3,}/g,`

`).trim(),html:h}}function b(e,t,{scope:a,escaper:r}){try{return(function(e){let t=new l.HX({outputEscape:e,strictVariables:!0,strictFilters:!0,lenientIf:!0,ownPropertyOnly:!0,jsTruthy:!0,templates:{},parseLimit:131072,renderLimit:2e3,memoryLimit:0x1000000});for(let e of Object.keys(t.tags))h.includes(e)||delete t.tags[e];return t.registerFilter("raw",()=>{throw Error("the filter raw is not available: data is always escaped")}),t})(r).parseAndRenderSync(t,a)}catch(t){throw new i.l({code:"template-invalid",message:`${e}: ${t instanceof Error?s(t.message).slice(0,400):"it cannot be rendered"}`,hint:"See the variables in the README; write {% if data.x %} around what may be absent.",cause:t})}}})}}));export const{id,ids,modules}=f([647,647,2736,3003]);
