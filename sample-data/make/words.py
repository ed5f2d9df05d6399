"""Slot values and page furniture per language. All people and places are invented."""

ENGLISH = {
    "name": ["Marta Quill", "Edwin Farrow", "Ines Calloway", "Tobias Reed", "Nora Whitlock", "Samir Haddon", "Greta Lindqvale",
             "Owen Pascoe", "Ruth Amberley", "Felix Dunmore", "Clara Venning", "Hugo Starling", "Priya Lath", "Anselm Coyle"],
    "other": ["Bertha Lune", "Jonas Pike", "Wilma Thorne", "Arthur Selby", "Lena Marsh", "Kofi Brand", "Agnes Tull",
              "Peter Halloway", "Dora Finch", "Milo Garrick", "Eva Strand", "Rufus Keel"],
    "place": ["Harrowquay", "Pelmouth", "Eastwick Vale", "Saint Orrin", "Coldbrook", "Larkmere", "Tarn Hollow", "Ashgill",
              "Dunwater", "Fenbury", "Milcaster", "Upper Roake"],
    "town": ["Brackenford", "Oldhaven", "Westering", "Carrowick", "Thornby", "Lindale Cross", "Marlow End", "Skerry Head",
             "Queensferry Low", "Penhallow Green"],
    "month": ["January", "February", "March", "April", "May", "June", "September", "October", "November"],
    "street": ["Mill Lane", "Chandler Street", "Quay Road", "Bishop's Row", "Tanner Street", "Station Hill"],
    "count": ["six", "nine", "eleven", "fourteen", "twenty"],
    "nth": ["third", "fourth", "fifth", "sixth", "seventh", "eighth"],
    "pet": ["Biscuit", "Pickle", "Admiral", "Turnip"],
}

OTHER = {
    "de": (["Hanna Weidenbach", "Jörg Altmeier", "Käthe Süßmund", "Lukas Brenner"], ["Oberlindau", "Steinfurth", "Mühlgrün", "Seewald"]),
    "fr": (["Élise Marchaud", "Gaël Ferrandin", "Odile Brévant", "Loïc Tanneur"], ["Valbrune", "Saint-Orens-le-Haut", "Pontclair", "Beaulac"]),
    "es": (["Lucía Peñalba", "Íñigo Robledal", "Marisol Cuesta", "Andrés Molinero"], ["Villarroble", "Puerto Ceniza", "Montalera", "Aldeanueva"]),
    "it": (["Chiara Bellandi", "Nicolò Serrano", "Ada Montefalchi", "Pietro Laguna"], ["Castelbruno", "Rivalta Alta", "Pietranera", "Montelieto"]),
    "pt": (["Inês Carvalhal", "João Serralves", "Conceição Prado", "Tomás Ribeira"], ["Vila Serena", "Porto Bravo", "Monteclaro", "Ribeirinha"]),
    "nl": (["Sanne Veldkamp", "Joris Waterman", "Fenna Dijkgraaf", "Bram Molenaar"], ["Oosterwoude", "Lageveen", "Duinrade", "Brughuizen"]),
    "ru": (["Анна Ветрова", "Игорь Полянский", "Вера Лугова", "Пётр Озеров"], ["Заречье", "Верхнеозёрск", "Сосновка", "Каменный Брод"]),
    "zh": (["林晓川", "陈雨禾", "周明远", "沈一帆"], ["青石镇", "云溪村", "临湖县", "北渡口"]),
    "ja": (["山川美咲", "高瀬健太", "小野寺恵", "松浦直樹"], ["青葉町", "白浜村", "川上市", "月見ヶ丘"]),
    "ar": (["سلمى الحداد", "كريم النجار", "ليلى البستاني", "يوسف الصياد"], ["وادي الزيتون", "عين الصفاء", "مرسى النور", "تل الكروم"]),
    "tr": (["Elif Karaçay", "Murat Dereli", "Şule Akpınar", "Onur Yılmazer"], ["Yeşildere", "Çamlıköy", "Taşköprübaşı", "Gölova"]),
    "hi": (["अनिता वर्धन", "राजेश तिलकिया", "मीरा सहगल", "विजय कुंभार"], ["नीलगाँव", "सोनपुरा", "हरितनगर", "पहाड़ी टोला"]),
    "pl": (["Zofia Wierzbińska", "Łukasz Drożdż", "Hanna Górska", "Michał Świerk"], ["Zielonki Dolne", "Kamieńsko", "Brzezinowo", "Stary Młyn"]),
}

# menu; cookie notice; related; comments; footer; by
FURNITURE = {
    "en": ("Home|News|Culture|Archive|About us|Contact", "We use cookies to make this site work. By continuing you agree to their use.|Accept all|Settings", "More from this section", "Comments", "All rights reserved. Imprint. Privacy.", "By"),
    "de": ("Startseite|Nachrichten|Kultur|Archiv|Über uns|Kontakt", "Diese Seite verwendet Cookies, damit alles funktioniert.|Alle annehmen|Einstellungen", "Mehr zum Thema", "Kommentare", "Alle Rechte vorbehalten. Impressum. Datenschutz.", "Von"),
    "fr": ("Accueil|Actualités|Culture|Archives|À propos|Contact", "Ce site utilise des cookies pour fonctionner.|Tout accepter|Paramètres", "À lire aussi", "Commentaires", "Tous droits réservés. Mentions légales.", "Par"),
    "es": ("Inicio|Noticias|Cultura|Archivo|Quiénes somos|Contacto", "Este sitio utiliza cookies para funcionar.|Aceptar todo|Ajustes", "Más artículos", "Comentarios", "Todos los derechos reservados. Aviso legal.", "Por"),
    "it": ("Pagina iniziale|Notizie|Cultura|Archivio|Chi siamo|Contatti", "Questo sito usa i cookie per funzionare.|Accetta tutto|Impostazioni", "Altri articoli", "Commenti", "Tutti i diritti riservati. Note legali.", "Di"),
    "pt": ("Início|Notícias|Cultura|Arquivo|Sobre nós|Contacto", "Este sítio usa cookies para funcionar.|Aceitar tudo|Definições", "Leia também", "Comentários", "Todos os direitos reservados. Aviso legal.", "Por"),
    "nl": ("Voorpagina|Nieuws|Cultuur|Archief|Over ons|Contact", "Deze site gebruikt cookies om te werken.|Alles aanvaarden|Instellingen", "Lees ook", "Reacties", "Alle rechten voorbehouden. Privacy.", "Door"),
    "ru": ("Главная|Новости|Культура|Архив|О нас|Контакты", "Сайт использует файлы cookie для своей работы.|Принять все|Настройки", "Читайте также", "Комментарии", "Все права защищены.", "Автор:"),
    "zh": ("首页|新闻|文化|存档|关于我们|联系", "本网站使用 Cookie 以保证正常运行。|全部接受|设置", "相关文章", "评论", "版权所有。", "作者:"),
    "ja": ("ホーム|ニュース|文化|アーカイブ|会社概要|お問い合わせ", "当サイトではクッキーを使用しています。|すべて許可|設定", "関連記事", "コメント", "無断転載を禁じます。", "文:"),
    "ar": ("الرئيسية|أخبار|ثقافة|الأرشيف|من نحن|اتصل بنا", "يستخدم هذا الموقع ملفات تعريف الارتباط.|قبول الكل|الإعدادات", "اقرأ أيضا", "تعليقات", "جميع الحقوق محفوظة.", "بقلم"),
    "tr": ("Ana sayfa|Haberler|Kültür|Arşiv|Hakkımızda|İletişim", "Bu site çalışmak için çerez kullanır.|Tümünü kabul et|Ayarlar", "Benzer yazılar", "Yorumlar", "Tüm hakları saklıdır.", "Yazan:"),
    "hi": ("मुखपृष्ठ|समाचार|संस्कृति|संग्रह|हमारे बारे में|संपर्क", "यह साइट काम करने के लिए कुकीज़ का उपयोग करती है।|सभी स्वीकारें|सेटिंग", "और पढ़ें", "टिप्पणियाँ", "सर्वाधिकार सुरक्षित।", "लेखक:"),
    "pl": ("Strona główna|Wiadomości|Kultura|Archiwum|O nas|Kontakt", "Ta strona używa plików cookie, aby działać.|Zgadzam się|Ustawienia", "Czytaj także", "Komentarze", "Wszelkie prawa zastrzeżone.", "Autor:"),
}

HOSTS = {
    "en": ["www.harbour-notes.example", "fieldpost.example.org", "theslowweek.example.com", "blog.lanternroom.example",
           "oldquarter.example.net", "www.valley-gazette.example", "handmade-hours.example", "northbank.example.org"],
    "mirror": ["mirror.copycat-news.example", "reprints.example.net", "www.daily-digest-hub.example", "cache.textstore.example"],
}

COMMENTS = [
    "[Lovely|Good|Honest] piece, thank you. My [aunt|grandfather|neighbour] did [exactly|much] the same in {town} until {y1980-2015}.",
    "I was [there|at the meeting] in {month} and remember it [differently|otherwise]: it was colder, and nobody had [brought|found] a {thing}.",
    "Could you [say|write] a little more about the [cost|tools|first attempt]? I have {n3-40} hours to spare and [no|little] experience.",
    "The [photo|map] at the top shows {place}, [surely|I think], not {town}; look at the {thing} on the left.",
    "We tried this with [a class|our club] of {n8-30} and it [worked|failed] on the second day, mostly because of the {thing}.",
    "[Small|Tiny] correction from a [reader|specialist]: the year was {y1900-1990}, and the {thing} came [later|first].",
    "After reading this I [went|walked] to the shed and [found|looked for] my old {thing}. It still [works|fits].",
    "My only [complaint|quibble] is that the {thing} is [hardly|not] mentioned, although in {place} everyone [depends|swears] on it.",
    "[Who|Does anybody know who] [repairs|sells] such a {thing} these days? The shop on {street} has [closed|moved].",
    "I [printed|saved] this for {name}, who does not [own|like] a screen but has [opinions|views] on every {thing}.",
]
THINGS = ["ladder", "kettle", "lantern", "gate", "bell", "barrel", "rope", "notebook", "wheelbarrow", "brass key", "compass",
          "winch", "oilcan", "ledger", "weather vane", "hand pump", "wicker basket", "signal flag"]
