//! Names of elements and of the attributes the extractor reads.

/// A name of up to 16 bytes in lower case as a number that sorts as the name does.
const fn key(name: &[u8]) -> u128 {
    let mut key = 0;
    let mut i = 0;
    while i < 16 {
        key = key << 8 | if i < name.len() { name[i].to_ascii_lowercase() as u128 } else { 0 };
        i += 1;
    }
    key
}

/// Builds a field-less enum with a sorted table of its lower-case names.
macro_rules! names {
    ($(#[$doc:meta])* $kind:ident, $other:ident, $($variant:ident $name:literal),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum $kind { $($variant,)+ $other }

        impl $kind {
            const NAMES: &'static [(&'static str, $kind)] = &[$(($name, $kind::$variant)),+];

            /// How many values there are, [`Self::$other`] included.
            pub const COUNT: usize = Self::NAMES.len() + 1;

            /// The names as numbers, in the same order.
            const KEYS: [u128; Self::NAMES.len()] = {
                let mut keys = [0; Self::NAMES.len()];
                let mut i = 0;
                while i < keys.len() {
                    keys[i] = key(Self::NAMES[i].0.as_bytes());
                    i += 1;
                }
                keys
            };

            /// Looks up a name, ASCII case ignored; unknown names give the last variant.
            #[must_use]
            pub fn from_name(name: &[u8]) -> Self {
                if name.len() > 16 {
                    return Self::$other;
                }
                Self::KEYS.binary_search(&key(name)).map_or(Self::$other, |at| Self::NAMES[at].1)
            }
        }
    };
}

names! {
    /// An element name of the HTML standard that the tree builder or the extractor treats in its own way,
    /// or [`Tag::Text`] for a text node. Everything else is [`Tag::Other`].
    Tag, Other,
    Text "#text",
    A "a", Abbr "abbr", Address "address", Annotation "annotation", AnnotationXml "annotation-xml", Applet "applet", Area "area", Article "article", Aside "aside", Audio "audio",
    B "b", Base "base", Bdi "bdi", Bdo "bdo", Big "big", Blockquote "blockquote", Body "body", Br "br", Button "button",
    Canvas "canvas", Caption "caption", Center "center", Cite "cite", Code "code", Col "col", Colgroup "colgroup",
    Data "data", Datalist "datalist", Dd "dd", Del "del", Details "details", Dfn "dfn", Dialog "dialog", Dir "dir", Div "div",
    Dl "dl", Dt "dt",
    Em "em", Embed "embed",
    Fieldset "fieldset", Figcaption "figcaption", Figure "figure", Font "font", Footer "footer", Form "form", Frame "frame",
    Frameset "frameset",
    H1 "h1", H2 "h2", H3 "h3", H4 "h4", H5 "h5", H6 "h6", Head "head", Header "header", Hgroup "hgroup", Hr "hr", Html "html",
    I "i", Iframe "iframe", Img "img", Input "input", Ins "ins",
    Kbd "kbd", Label "label", Legend "legend", Li "li", Link "link", Listing "listing",
    Main "main", Map "map", Mark "mark", Marquee "marquee", Math "math", Menu "menu", Menuitem "menuitem", Meta "meta", Meter "meter",
    Mfenced "mfenced", Mfrac "mfrac", Mi "mi", Mn "mn", Mo "mo", Mover "mover", Mphantom "mphantom", Mroot "mroot", Ms "ms",
    Mspace "mspace", Msqrt "msqrt", Msub "msub", Msubsup "msubsup", Msup "msup", Mtable "mtable", Mtext "mtext", Mtr "mtr",
    Munder "munder", Munderover "munderover",
    Nav "nav", Noembed "noembed", Noframes "noframes", Noscript "noscript",
    Object "object", Ol "ol", Optgroup "optgroup", Option "option", Output "output",
    P "p", Param "param", Picture "picture", Plaintext "plaintext", Pre "pre", Progress "progress",
    Q "q", Rp "rp", Rt "rt", Rtc "rtc", Ruby "ruby",
    S "s", Samp "samp", Script "script", Section "section", Select "select", Semantics "semantics", Small "small", Source "source", Span "span",
    Strike "strike", Strong "strong", Style "style", Sub "sub", Summary "summary", Sup "sup", Svg "svg",
    Table "table", Tbody "tbody", Td "td", Template "template", Textarea "textarea", Tfoot "tfoot", Th "th", Thead "thead",
    Time "time", Title "title", Tr "tr", Track "track", Tt "tt",
    U "u", Ul "ul", Var "var", Video "video", Wbr "wbr", Xmp "xmp",
}

names! {
    /// An attribute the extractor reads; all others are dropped while parsing.
    Attr, Other,
    Alt "alt", Alttext "alttext", AriaHidden "aria-hidden", Charset "charset", Class "class", Close "close", Colspan "colspan",
    Content "content", Datetime "datetime", Display "display", Encoding "encoding", Hidden "hidden",
    Href "href", HttpEquiv "http-equiv", Id "id", Itemprop "itemprop", Itemtype "itemtype", Lang "lang", Name "name", Open "open",
    Property "property", Rel "rel", Role "role", Separators "separators", Start "start", Style "style", Type "type", XmlLang "xml:lang",
}

impl Tag {
    /// Elements that never have content.
    #[must_use]
    pub fn is_void(self) -> bool {
        use Tag::{Area, Base, Br, Col, Embed, Frame, Hr, Img, Input, Link, Meta, Param, Source, Track, Wbr};
        matches!(
            self,
            Area | Base | Br | Col | Embed | Frame | Hr | Img | Input | Link | Meta | Param | Source | Track | Wbr
        )
    }

    /// Elements whose content is text up to their own end tag.
    #[must_use]
    pub fn is_raw(self) -> bool {
        use Tag::{Iframe, Noembed, Noframes, Noscript, Script, Style, Textarea, Title, Xmp};
        matches!(self, Iframe | Noembed | Noframes | Noscript | Script | Style | Textarea | Title | Xmp)
    }

    /// Elements that only mark a piece of a line.
    #[must_use]
    pub fn is_inline(self) -> bool {
        use Tag::{
            A, Abbr, Annotation, AnnotationXml, B, Bdi, Bdo, Big, Cite, Code, Data, Del, Dfn, Em, Font, I, Img, Ins,
            Kbd, Label, Mark, Mfenced, Mfrac, Mi, Mn, Mo, Mover, Mphantom, Mroot, Ms, Mspace, Msqrt, Msub, Msubsup,
            Msup, Mtable, Mtext, Mtr, Munder, Munderover, Other, Q, Rp, Rt, Rtc, Ruby, S, Samp, Semantics, Small, Span,
            Strike, Strong, Sub, Sup, Text, Time, Tt, U, Var, Wbr,
        };
        matches!(
            self,
            A | Abbr
                | B
                | Bdi
                | Bdo
                | Big
                | Cite
                | Code
                | Data
                | Del
                | Dfn
                | Em
                | Font
                | I
                | Img
                | Ins
                | Kbd
                | Label
                | Mark
                | Annotation
                | AnnotationXml
                | Mfenced
                | Mfrac
                | Mi
                | Mn
                | Mo
                | Mover
                | Mphantom
                | Mroot
                | Ms
                | Mspace
                | Msqrt
                | Msub
                | Msubsup
                | Msup
                | Mtable
                | Mtext
                | Mtr
                | Munder
                | Munderover
                | Semantics
                | Other
                | Q
                | Rp
                | Rt
                | Rtc
                | Ruby
                | S
                | Samp
                | Small
                | Span
                | Strike
                | Strong
                | Sub
                | Sup
                | Text
                | Time
                | Tt
                | U
                | Var
                | Wbr
        )
    }

    /// A heading, h1 to h6, as its level.
    #[must_use]
    pub fn heading(self) -> Option<u8> {
        Some(match self {
            Tag::H1 => 1,
            Tag::H2 => 2,
            Tag::H3 => 3,
            Tag::H4 => 4,
            Tag::H5 => 5,
            Tag::H6 => 6,
            _ => return None,
        })
    }

    /// Start tags that end an open paragraph (HTML standard, "in body").
    #[must_use]
    pub fn closes_paragraph(self) -> bool {
        use Tag::{
            Address, Article, Aside, Blockquote, Center, Dd, Details, Dialog, Dir, Div, Dl, Dt, Fieldset, Figcaption,
            Figure, Footer, Form, H1, H2, H3, H4, H5, H6, Header, Hgroup, Hr, Li, Listing, Main, Menu, Nav, Ol, P,
            Plaintext, Pre, Section, Summary, Table, Ul, Xmp,
        };
        matches!(
            self,
            Address
                | Article
                | Aside
                | Blockquote
                | Center
                | Details
                | Dialog
                | Dir
                | Div
                | Dl
                | Fieldset
                | Figcaption
                | Figure
                | Footer
                | Form
                | H1
                | H2
                | H3
                | H4
                | H5
                | H6
                | Header
                | Hgroup
                | Hr
                | Li
                | Listing
                | Main
                | Menu
                | Nav
                | Ol
                | P
                | Plaintext
                | Pre
                | Section
                | Summary
                | Table
                | Ul
                | Xmp
                | Dd
                | Dt
        )
    }

    /// Elements that an end tag of another element cannot close through (the standard's scope markers).
    #[must_use]
    pub fn is_scope(self) -> bool {
        use Tag::{Applet, Caption, Html, Marquee, Object, Table, Td, Template, Th};
        matches!(self, Applet | Caption | Html | Marquee | Object | Table | Td | Template | Th)
    }
}
