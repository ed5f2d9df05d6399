//! What class names, ids and roles say about an element.
//!
//! Names are cut into lower-case words at anything that is not a letter or digit and at camelCase humps; words and pairs of
//! neighbouring words are looked up in one sorted table. The words are general ones that many sites share, in the
//! languages of the large content systems; no word belongs to a single site.

use super::features::hash;
use super::repeats::HashedMap;

/// A set of hints, one bit each.
pub type Hints = u32;

/// Site or page navigation, menus, breadcrumbs, pagination.
pub const NAV: Hints = 1;
/// Page footers, imprints, copyright lines.
pub const FOOT: Hints = 1 << 1;
/// Side columns and widgets.
pub const SIDE: Hints = 1 << 2;
/// Reader comments.
pub const COMMENT: Hints = 1 << 3;
/// Share bars and links to social networks.
pub const SHARE: Hints = 1 << 4;
/// Links to other pages of the site: related, popular, recommended, teasers.
pub const RELATED: Hints = 1 << 5;
/// Advertisements.
pub const ADS: Hints = 1 << 6;
/// Cookie banners and consent walls.
pub const COOKIE: Hints = 1 << 7;
/// Search, login, newsletter and other forms.
pub const FORM: Hints = 1 << 8;
/// Facts about the article: author, date, tags, categories.
pub const META: Hints = 1 << 9;
/// Not shown, or only for screen readers or printers.
pub const HIDDEN: Hints = 1 << 10;
/// Overlays.
pub const MODAL: Hints = 1 << 11;
/// Page or article headers.
pub const HEAD: Hints = 1 << 12;
/// Names of articles: article, post, entry, story.
pub const ARTICLE: Hints = 1 << 13;
/// Names of text bodies: body, content, text.
pub const BODY: Hints = 1 << 14;
/// Both together: article-body, entry-content.
pub const STRONG: Hints = 1 << 15;
/// The main part of the page.
pub const MAIN: Hints = 1 << 16;
/// Captions and credits of pictures, galleries, players.
pub const MEDIA: Hints = 1 << 17;
/// The box about the author.
pub const AUTHOR: Hints = 1 << 18;
/// Headlines and titles.
pub const TITLE: Hints = 1 << 19;
/// Leads, summaries, abstracts.
pub const LEAD: Hints = 1 << 20;
/// Lists of entries: archives, results, feeds, cards.
pub const LISTING: Hints = 1 << 21;
/// Forum threads, messages, answers.
pub const FORUM: Hints = 1 << 22;
/// Product facts: price, cart, specification.
pub const PRODUCT: Hints = 1 << 23;
/// Paid or blocked content notices, alerts, messages to the user.
pub const NOTICE: Hints = 1 << 24;

/// Hints that make an element boilerplate unless it holds most of the page.
pub const BOILERPLATE: Hints =
    NAV | FOOT | SIDE | COMMENT | SHARE | RELATED | ADS | COOKIE | FORM | HIDDEN | MODAL | AUTHOR | NOTICE;

/// The words of each kind, separated by blanks. A plus sign joins neighbouring words of one name.
const WORDS: &[(Hints, &str)] = &[
    (
        NAV,
        "nav navi navigation navbar navbox menu menue menubar submenu mainmenu breadcrumb breadcrumbs crumbs crumb \
         pagination \
         paginator pager paging pagenav toolbar skiplink skip tabs topnav subnav sitemap navigazione navegacion \
         menus \
         hauptmenu nextprev prevnext postnav offcanvas megamenu dropdown jumpmenu toc contents+table \
         back+top next+previous previous+next post+navigation \
         daohang caidan migas cabecera+menu menyu nawigacja navegador pankuzu meny gnb lnb snb breadcrumbs+list",
    ),
    (
        FOOT,
        "footer foot colophon copyright impressum imprint pied fusszeile fuss pagefooter sitefooter siteinfo legal \
         disclaimer site+info page+foot bottom+bar yejiao banquan stopka pie+pagina piepagina rodape",
    ),
    (
        SIDE,
        "sidebar side aside rail widget widgets complementary marginal sidecol sidecolumn seitenleiste rightcol \
         right+col \
         right+column left+col left+column leftcol rightbar leftbar sidebars secondary textwidget barre+laterale \
         lateral \
         marginalspalte spalte+rechts infobox+side col+right col+left right+rail",
    ),
    (
        COMMENT,
        "comment comments commentlist kommentar kommentare commentaire commentaires comentario comentarios commenti \
         commento \
         disqus respond reply replies commentform livefyre facebook+comments discussion guestbook commentarea \
         reacties \
         kommentarer pingback trackback trackbacks pingbacks leave+reply commenttext pinglun liuyan otzyvy \
         kommentarii \
         kommentariy cmt daetgul datgul yorum yorumlar komentarze komentar komen comentar",
    ),
    (
        SHARE,
        "share shares sharing sharer shareaholic sharedaddy sharebar sharethis addthis addtoany shariff social \
         socials \
         socialmedia twitter facebook whatsapp pinterest linkedin tweet follow followus instagram telegram teilen \
         partager compartir \
         condividi compartilhar sociallinks socialshare jp+relatedposts socialbar sociable bookmark bookmarks \
         bookmarking \
         print email mailto reddit flattr fenxiang weibo weixin wechat qrcode sns kakao hatena podelitsya vkontakte \
         paylas \
         udostepnij bagikan",
    ),
    (
        RELATED,
        "related relatedposts similar recommended recommendation recommendations recommend empfehlung empfehlungen \
         teaser teasers \
         outbrain taboola popular trending zergnet readmore yarpp crp mostread meistgelesen ligatus plista \
         relacionados \
         relacionadas relacionado verwandt aehnliche similaires associes correlati connexes moreposts latest recent \
         suggested suggestions suggestion promoted weitere+artikel mehr+zum more+from more+in more+on read+next \
         up+next \
         also+like see+also read+more read+also related+posts seealso liens+connexes ticker newsticker linkbox \
         artikel+empfehlungen morenews neueste aktuelle top+stories most+read most+popular next+article article+list \
         other+articles other+posts lire+aussi xiangguan tuijian remen kanren osusume pohozhie pohozhee ilgili \
         benzer \
         powiazane podobne terkait relacionada notas+relacionadas hot+news hotnews related+news",
    ),
    (
        ADS,
        "ad ads adv advert adverts advertise advertising advertisement banner banners sponsor sponsored sponsors \
         promo promos \
         promotion werbung anzeige anzeigen dfp adsense adslot adbox adunit publicidad publicite pubblicita \
         affiliate \
         reklam reklama publicidade skyscraper leaderboard adcontainer commercial gpt partner adwords googlead \
         guanggao iklan",
    ),
    (
        COOKIE,
        "cookie cookies consent gdpr dsgvo cmp cookiebar cookiebanner cookieconsent ccpa usercentrics onetrust \
         datenschutz+hinweis eu+cookie privacy",
    ),
    (
        FORM,
        "login signin signup subscribe subscription abonnieren abo newsletter newsletters search searchform \
         searchbox suche suchen \
         buscador recherche register registration anmelden form forms formular formulaire optin mailchimp mailpoet \
         contact+form subscribers survey poll captcha feedback voting donate donation spenden rating ratings vote",
    ),
    (
        META,
        "byline author authors meta postmeta entrymeta tags tag taglist tagcloud date time timestamp published \
         datum datetime \
         category categories kategorie kategorien dateline postdate pubdate fecha autor auteur credits source \
         post+info post+meta entry+meta article+meta article+info posted+on postinfo posted entry+date entry+utility \
         cat+links tags+links views reading+time postmetadata dachzeile metadata details+top published+date \
         submitted filed etiquetas etiquetas+nota biaoqian fecha+nota",
    ),
    (
        HIDDEN,
        "hidden hide invisible visuallyhidden visually+hidden sr+only screen+reader screenreader srt noprint \
         no+print print+only \
         printonly displaynone display+none unsichtbar offscreen collapsed noscript a11y+hidden",
    ),
    (MODAL, "popup modal overlay lightbox dialog tooltip popover flyout popups toast snackbar interstitial onboarding"),
    (HEAD, "header masthead topbar kopf head pageheader siteheader branding kopfzeile topline logo banner+top top+bar"),
    (
        ARTICLE,
        "article post entry story beitrag artikel articulo articolo noticia news blog hentry artigo news+item \
         newsitem \
         blogpost singlepost single posting page+article journal item+page itemview message essay notice+body \
         recipe rezept wenzhang xinwen kiji statya novost novosti haber makale artykul gisa entrada berita materia",
    ),
    (
        BODY,
        "content body text inhalt contenido conteudo contenuto texte corps cuerpo copy fliesstext txt bodytext \
         detail \
         contents corpo richtext rich+text wysiwyg description prose paragraphs paragraph ce+text mod+text rte \
         neirong zhengwen honbun bonmun tekst tresc icerik metin soderzhanie isi konten",
    ),
    (
        STRONG,
        "articlebody articletext articlecontent articlecontents postbody postcontent posttext entrycontent \
         entrytext entrybody \
         storybody storytext storycontent blogcontent blogtext blogbody newstext newsbody newscontent artikeltext \
         artikelinhalt beitragstext maintext mainbody article+body article+text article+content post+body \
         post+content post+text \
         entry+content entry+body entry+text story+body story+content story+text news+body news+text news+content \
         blog+content blog+text blog+body artikel+text artikel+inhalt artikel+body article+copy post+entry \
         beitrag+text beitrag+inhalt cuerpo+noticia texto+noticia nota+cuerpo corps+article texte+article \
         article+main \
         single+content content+article content+body content+post body+content body+text text+body body+copy \
         main+text \
         main+content maincontent contenttext content+text page+body article+inner article+wrap entry+inner \
         post+inner \
         noticia+cuerpo noticia+texto articulo+cuerpo contenido+noticia article+detail news+detail instapaper+body \
         e+content \
         post+message message+body message+content mw+parser itemfulltext itembody story+inner pf+content \
         content+inner \
         blogpost+content blogpost+body recipe+content artikel+content story+detail theme+content text+content \
         postmessage article+txt news+txt art+content art+text art+body entry+txt news+article article+view \
         news+view \
         view+content view+cont board+view read+body view+text detail+content detail+body rich+media+content \
         kiji+honbun newsview articleview haber+metni haber+icerik statya+text isi+berita",
    ),
    (MAIN, "main principal haupt hauptinhalt mittelspalte maincol main+column center+col primary"),
    (
        MEDIA,
        "caption captions bildunterschrift bildtext figcaption credit gallery galerie slideshow slider carousel \
         player video \
         audio photo image img legende galeria thumbnail thumb thumbs imagecaption wp+caption media podcast bild \
         attachment copyrights photocredit lazyload",
    ),
    (
        AUTHOR,
        "authorbox author+box author+bio author+info author+profile about+author authorinfo vcard biography \
         autorenbox author+card \
         post+author about+the+author guest+author autor+info abouttheauthor bio",
    ),
    (TITLE, "title titel headline heading titre titulo titolo ueberschrift schlagzeile h1 headlines posttitle"),
    (
        LEAD,
        "lead lede teasertext intro abstract summary excerpt standfirst subtitle subheadline subheading vorspann \
         deck dek \
         anriss einleitung chapo entradilla bajada untertitel kicker sommario resumen",
    ),
    (
        LISTING,
        "list listing archive archives results feed grid cards card tiles tile items item loop river stream index",
    ),
    (
        FORUM,
        "thread topic forum messages answer answers question questions postbit posts qa replybody topics antwort \
         antworten foro \
         hilo usertext post+container postrow",
    ),
    (
        PRODUCT,
        "product produkt producto produit price preis precio prix cart basket warenkorb spec specs specification \
         specifications sku \
         shop buy checkout availability shipping variant",
    ),
    (
        NOTICE,
        "paywall premium alert warning notification notifications errormsg upgrade adblock adblocker outdated \
         browsehappy \
         browserupgrade metered registerwall paid piano regwall announcement",
    ),
];

/// A lookup table built once from [`WORDS`]: single words and joined pairs (`article+body`) by their hash.
struct Table {
    rows: HashedMap<(&'static str, Hints)>,
}

static TABLE: std::sync::LazyLock<Table> = std::sync::LazyLock::new(|| {
    let mut rows: HashedMap<(&str, Hints)> = HashedMap::default();
    for (hint, words) in WORDS {
        for word in words.split_ascii_whitespace() {
            rows.entry(hash(0, word.as_bytes())).or_insert((word, 0)).1 |= hint;
        }
    }
    Table { rows }
});

impl Table {
    fn get(&self, word: &str) -> Hints {
        self.rows.get(&hash(0, word.as_bytes())).map_or(0, |(known, hints)| if *known == word { *hints } else { 0 })
    }
}

/// Longest name that is looked at, in bytes; longer ones are cut (machine-made class names).
const MAX_NAME: usize = 400;

/// The hints of one attribute value (class, id, role, itemprop).
#[must_use]
pub fn hints(value: &str) -> Hints {
    let table = &*TABLE;
    let mut out = 0;
    let mut word = String::with_capacity(24);
    let mut pair = String::with_capacity(48);
    let mut end = value.len().min(MAX_NAME);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    for name in value[..end].split_ascii_whitespace() {
        pair.clear();
        for piece in name.split(|c: char| !c.is_ascii_alphanumeric()) {
            for part in humps(piece) {
                word.clear();
                word.extend(part.chars().map(|c| c.to_ascii_lowercase()));
                let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
                if bare.is_empty() {
                    continue;
                }
                out |= table.get(bare);
                if !pair.is_empty() {
                    pair.push('+');
                    pair.push_str(bare);
                    out |= table.get(&pair);
                }
                pair.clear();
                pair.push_str(bare);
            }
        }
    }
    out
}

/// Cuts `relatedPosts` into `related`, `Posts`; runs of capitals stay together.
fn humps(piece: &str) -> impl Iterator<Item = &str> {
    let bytes = piece.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= bytes.len() {
            return None;
        }
        let start = at;
        at += 1;
        while at < bytes.len() && !(bytes[at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase()) {
            at += 1;
        }
        Some(&piece[start..at])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found() {
        let words = WORDS.iter().flat_map(|(hint, words)| words.split_ascii_whitespace().map(move |w| (w, hint)));
        for (word, hint) in words {
            assert_ne!(TABLE.get(word) & hint, 0, "{word}");
        }
    }

    #[test]
    fn words_pairs_and_humps() {
        assert_eq!(hints("sidebar") & SIDE, SIDE);
        assert_eq!(hints("td-post-content") & STRONG, STRONG);
        assert_eq!(hints("articleBody x") & STRONG, STRONG);
        assert_eq!(hints("relatedPosts2") & RELATED, RELATED);
        assert_eq!(hints("shadow inside contentious"), 0);
        assert_eq!(hints("article body") & STRONG, 0);
        assert_eq!(hints(&"é-".repeat(1000)), 0);
    }
}
