const Q=864e5,Z=2e4,w=new URL("../../..",import.meta.url).href;let s,l,c;function W(e,t){if(s?.isConnected)return;const n=r("amends-form"),i=n.attachShadow({mode:"open"});s=r("dialog",{"aria-labelledby":"title",lang:strings.lang,dir:strings.dir}),i.adoptedStyleSheets=[H(e.theme)],i.append(s);for(const a of["keydown","keypress","keyup"])s.addEventListener(a,o=>o.stopPropagation());s.addEventListener("close",()=>{l?.abort(),n.remove(),document.activeElement==document.body&&t.focus(),d("close")}),document.documentElement.append(n),s.showModal(),E(t),d("open")}function T(){s?.close()}function d(e,t){document.dispatchEvent(new CustomEvent("amends:"+e,{detail:{company:company.slug,...t}}))}function r(e,t,...n){const i=/svg|path/.test(e)?"2000/svg":"1999/xhtml",a=document.createElementNS("http://www.w3.org/"+i,e);for(const o in t)a.setAttribute(o,t[o]);return a.append(...n),a}function p(e,t){return e.split(/{(\w+)}/).map((n,i)=>i%2?r("bdi",{},t[n]):n)}function f(e){return r("svg",{viewBox:"0 0 16 16","aria-hidden":!0},r("path",{d:e}))}function h(e,t,n){const i=r("button",{type:"button",...n},e);return i.addEventListener("click",t),i}function u(e,t){return r("a",{href:t,target:"_blank",rel:"noopener"},e)}function k(...e){return r("div",{class:"bar"},r("h2",{id:"title",tabindex:-1},...e),h("×",T,{class:"close","aria-label":strings.close}))}function b(e,t,n="input"){return[r(n,{id:e,name:e,dir:"auto","aria-describedby":e+"-error",...t}),r("p",{id:e+"-error",class:"error"})]}function S(e,t,n,i){return r("div",{},r("label",{for:e},r("b",{},t)," ",n),...b(e,i))}function _(e,t,n,i){return r("fieldset",t,r("legend",{},n),r("div",{},...i.map(([a,o,g])=>r("label",{},r("input",{type:"radio",name:e,value:a}),r("span",{},f(o),g)))))}const C=()=>({complaint:[strings.problem,strings.ask_problem],question:[strings.question,strings.ask_question],idea:[strings.idea,strings.ask_idea],praise:[strings.thanks,strings.ask_thanks]});function E(e){const t=r("form",{novalidate:""},k(r("label",{for:"text"})),_("kind",{class:"chips"},strings.kind,Object.entries(C()).map(([n,[i]])=>[n,D,i])),...b("text",{},"textarea"),r("div",{class:"pair"},S("author",strings.name,strings.optional,{autocomplete:"nickname"}),S("email",strings.email,strings.email_why,{type:"email",autocomplete:"email"})),r("details",{},r("summary",{},r("b",{},strings.order)," ",f(P),strings.order_who),...b("reference",{"aria-label":strings.order,autocomplete:"off"})),_("publicity",{class:"who","aria-describedby":"note"},strings.who,[["public",G,strings.public],["private",P,strings.private]]),r("p",{id:"note"}),...Object.entries(j(e)).map(([n,i])=>r("input",{type:"hidden",name:n,value:i})),r("input",{name:"website",hidden:"",autocomplete:"off"}),r("p",{id:"status",role:"status"}),r("div",{class:"bar"},r("button",{class:"main"},strings.send),u(strings.privacy,company.privacy)));I(t),q(t),t.addEventListener("input",()=>{L(t),q(t)}),t.addEventListener("submit",N),s.replaceChildren(t),t.elements.text.focus()}function j({dataset:e,search:t}){return{page:location.pathname,language:document.documentElement.lang,same:e.same||new URLSearchParams(t).get("same")||""}}function q(e){const{kind:t,publicity:n,author:i,page:a}=e.elements;e.querySelector("h2 label").textContent=C()[t.value][1],e.querySelector("#note").replaceChildren(...n.value=="private"?[strings.stays_private]:p(strings.becomes_public,{author:i.value.trim()||strings.a_customer,page:a.value}))}const x=()=>"amends:"+company.slug;function I(e){try{c=JSON.parse(localStorage.getItem(x()))}catch{}c?.at>Date.now()-864e5||z();const t="kind=complaint&publicity="+(company.sensitive?"private":"public");for(const[n,i]of new URLSearchParams(t+"&"+(c?.body||""))){const a=e.elements[n];a&&a.type!="hidden"&&(a.value=i)}}function L(e){const t=String(new URLSearchParams(new FormData(e)));c={at:Date.now(),body:t,key:c?.body==t?c.key:M()};try{localStorage.setItem(x(),JSON.stringify(c))}catch{}}function z(){c=null;try{localStorage.removeItem(x())}catch{}}function M(){return[...crypto.getRandomValues(new Uint8Array(16))].map(e=>(e+256).toString(16).slice(1)).join("")}async function N(e){e.preventDefault();const t=e.target;if(l)return;if(!t.elements.text.value.trim()){A(t,{code:"required",fields:{text:strings.text_missing}});return}L(t),v(t,{},strings.sending);const n=await O();n?n.error?A(t,n.error):U(n):K(t)}async function O(){l=new AbortController;const e=setTimeout(()=>l.abort(),2e4);try{const t=await fetch(w+company.slug+"/feedback",{method:"POST",body:new URLSearchParams(c.body+"&key="+c.key),headers:{Accept:"application/json"},credentials:"omit",referrerPolicy:"origin",signal:l.signal}),{status:n}=t,i=await t.json();return n==201||n<500&&n!=429&&i.error?i:null}catch{return null}finally{clearTimeout(e),l=null}}function U(e){z(),$(e),d("sent",{case:e.case,publicity:e.publicity})}function A(e,{code:t,message:n="",fields:i}){v(e,i,n),e.querySelector("[aria-invalid=true]")?.focus(),d("error",{code:t})}function K(e){v(e,{},...p(strings.not_sent,{page:u(strings.own_page,w+company.slug+"/new")})),e.querySelector(".main").textContent=strings.try_again,d("error",{code:"not_sent"})}function v(e,t={},...n){for(const i of["text","author","email","reference"])e.querySelector(`#${i}-error`).textContent=t[i]||"",e.elements[i].setAttribute("aria-invalid",i in t);t.reference&&(e.querySelector("details").open=!0),e.querySelector("#status").replaceChildren(...n),e.querySelector(".main").textContent=strings.send}function $({case:e,link:t,reply_by:n,publicity:i,board:a}){const o=(m,...R)=>r("div",{},r("dt",{},m),r("dd",{},...R)),g=r("b",{},F(n)),y=company.contacts.map(m=>r("p",{},...B(m)));s.replaceChildren(k(f(D),r("b",{},...p(strings.sent,{company:company.name}))),r("p",{},...i=="private"?p(strings.promise_private,{time:g}):p(strings.promise,{time:g})),r("dl",{},o(strings.case,r("b",{class:"number"},e)),o(strings.link,...Y(t)),o(strings.is_public,i=="private"?strings.never:strings.not_yet),...y.length?[o(strings.other_ways,...y)]:[]),r("div",{class:"bar"},h(strings.another,()=>E({dataset:{}})),...a?[u(strings.see_board,a)]:[])),s.querySelector("h2").focus()}function Y(e){const t=r("input",{readonly:"",value:e,dir:"ltr","aria-label":strings.link}),n=h(strings.copy,async()=>{t.select();try{await navigator.clipboard.writeText(e),n.textContent=strings.copied}catch{}},{"aria-live":"polite"});return[r("div",{class:"bar"},t,n),r("small",{},strings.link_use)," ",u(strings.open,e)]}function B({kind:e,value:t,note:n}){const i={email:"mailto:",phone:"tel:"}[e]||"",a=e=="phone"?t.replace(/[^+\d]/g,""):t;return[i||/^https?:/.test(t)?u(t,i+a):t,r("br"),n]}function F(e){return new Date(e).toLocaleString(strings.lang=="en"?"en-GB":strings.lang,{weekday:"long",day:"numeric",month:"long",hour:"numeric",minute:"2-digit",timeZoneName:"short"})}const G="M1.5 8Q8-1 14.5 8 8 17 1.5 8zM8 6a2 2 0 1 0 .1 0z",P="M3 7.5h10v6H3zM5.5 7V5a2.5 2.5 0 0 1 5 0v2",D="M3 8.5l3.5 3.5L13 4.5",J=e=>`
:host { all: initial !important }
* { box-sizing: border-box }
dialog {
  color-scheme: light; --bg: #fff; --quiet: #f4f5f6; --ink: #15191e; --muted: #565d66; --edge: #868e97;
  --rule: #d6dadf; --good: #17653a; --late: #b0241c; --on-accent: #fff;
  --given: var(--amends-accent, ${e}); --accent: var(--given);
  width: 428px; max-width: 100%; max-height: 100dvh; margin: auto; padding: 16px 24px 24px;
  border: 0; border-top: 4px solid var(--accent); color: var(--ink); background: var(--bg);
  box-shadow: 0 8px 40px #0006; overflow: auto; overscroll-behavior: contain;
  font: medium/1.5 system-ui, sans-serif;
}
dialog::backdrop { background: #15191e99 }
h2, p, dl, dd, fieldset, legend { margin: 0; padding: 0; border: 0; min-width: 0 }
.bar, fieldset div, h2, span { display: flex; gap: 8px; align-items: center }
h2 { flex: 1; font-size: 1.25em; line-height: 1.3; outline: 0 }
svg { width: 16px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round }
h2 svg { width: 24px; stroke: var(--good) }
div > label, legend, summary, dt, small, .error, #note, #status, .bar a { font-size: .875em; color: var(--muted) }
b, legend { font-weight: 600; color: var(--ink) }
input, textarea, button, span {
  min-height: 44px; margin: 0; border: 1px solid var(--edge); border-radius: 3px;
  font: inherit; color: inherit; background: var(--bg);
}
input, textarea { width: 100%; padding: 8px 12px }
textarea {
  min-height: 124px; max-height: 40vh; margin-top: 12px; resize: vertical; field-sizing: content;
  font: 1.1em/1.5 Charter, Cambria, Georgia, serif;
}
button { padding: 0 16px; cursor: pointer }
.close { width: 44px; margin-inline-end: -12px; padding: 0; border: 0; font-size: 1.8em }
.main {
  padding: 0 24px; border-color: transparent;
  font-weight: 600; color: var(--on-accent); background: var(--accent);
}
a { color: inherit; text-underline-offset: 3px }
fieldset div { flex-wrap: wrap }
fieldset label { position: relative; color: var(--ink) }
fieldset input { position: absolute; inset: 0; opacity: 0; cursor: pointer }
span { justify-content: center; padding: 0 12px }
.chips legend { position: absolute; clip-path: inset(50%) }
.chips span { border-radius: 22px }
.chips :checked + span { font-weight: 600; color: var(--bg); background: var(--ink) }
.chips :not(:checked) + span svg { display: none }
.who div { gap: 0; margin-top: 4px }
.who label { flex: auto; font-size: .8125em }
.who span { padding: 0 5px; border-radius: 0 }
.who :checked + span { border: 3px solid var(--accent); padding: 0 3px; font-weight: 600; color: var(--accent) }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 0 16px }
.pair div { display: grid; grid-row: span 3; grid-template-rows: subgrid; margin-top: 12px }
.pair label { align-self: end }
summary { padding: 11px 0; cursor: pointer }
details[open] { margin-bottom: 12px }
summary b { text-decoration: underline 1px; text-underline-offset: 3px }
summary svg { margin: 0 4px; vertical-align: -3px }
#note { margin: 12px 0; padding: 12px 14px; background: var(--quiet) }
.error, #status { color: var(--late) }
#status:not(:empty) { margin-bottom: 12px }
[aria-invalid=true] { border: 2px solid var(--late) }
:focus-visible, :focus-visible + span { outline: 2px solid var(--ink); outline-offset: 2px }
dl { margin: 16px 0 12px; border-top: 1px solid var(--ink) }
dl > div {
  display: grid; grid-template-columns: 110px 1fr; gap: 14px;
  padding: 12px 0; border-bottom: 1px solid var(--rule);
}
.number { font-size: 1.4em; line-height: 1; font-variant-ligatures: none }
@media (width < 480px) {
  dialog { width: 100%; margin-bottom: 0; padding: 12px 18px 16px; border-radius: 12px 12px 0 0 }
  .main { flex: 1 }
}
`,V=`
dialog {
  color-scheme: dark; --bg: #121518; --quiet: #1b1f24; --ink: #e9e7e2; --muted: #a4abb3; --edge: #7a838c;
  --rule: #323940; --good: #74c997; --late: #ff8e80; --accent: var(--ink); --on-accent: #121518;
}
@supports (color: oklch(from red l c h)) {
  dialog { --accent: oklch(from var(--given) max(l, .78) c h) }
}
`;function H(e){const t=new CSSStyleSheet,n={dark:"all",light:"not all"}[e]||"(prefers-color-scheme: dark)";return t.replaceSync(J(company.accent||"#15191e")+`@media ${n} {${V}}`),t}export{T as close,W as open};
