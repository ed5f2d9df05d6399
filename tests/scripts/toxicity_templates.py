"""Sentences of our own about groups of people, in six languages: praise and neutral statements, contempt denied and answered, and
praise denied.

A model that sees groups named mostly where they are abused takes the name for the abuse. These are filled templates, written for
this project; none is a case of HateCheck (`toxicity_samples.py` leaves out what happens to be equal).
"""
import itertools
import random

# Of each language: groups as (plural with article, gender), good and bad predicates of people (masculine and feminine plural where they
# differ, parted by a slash), and sentences, with {g} the group, {p} a good predicate, {n} a bad one. Praise denied is toxic, the rest is not.
LANGUAGES = {
    "en": {
        "groups": "women,gay people,lesbians,Muslims,Jews,Black people,refugees,immigrants,foreigners,disabled people,trans people,"
                  "Asians,Arabs,Latinos,Christians,Roma,old people,poor people,wheelchair users,Buddhists",
        "good": "friendly,kind,clever,brave,generous,funny,honest,hard-working,talented,helpful,charming,patient,creative,reliable,polite,"
                "wise,strong,beautiful,gifted,warm-hearted,wonderful,impressive,lovely,amazing,loyal,gentle",
        "bad": "disgusting,stupid,filthy,worthless,evil,ugly,lazy,greedy,pathetic,repulsive,primitive,dishonest,parasites,vermin,animals,"
               "criminals,garbage,trash,scum,a disease,a plague,savages,cowards,liars,rats,monsters",
        "praise": ["the {g} on our street are really {p}", "my best friends are {g}, they are {p}", "I admire {g}", "I love working with {g}",
                   "we are glad that {g} moved in next door", "it makes me happy when {g} succeed", "{g} make this town a better place",
                   "thank you to all the {g} who helped us", "how {p} the {g} in our choir are", "{g} are so {p} and {p2}",
                   "nothing beats an evening with {g}, always {p}", "my daughter wants to be as {p} as the {g} she met",
                   "congratulations to the {g} who won", "{g} have every right to be here", "I am proud to stand beside {g}",
                   "everyone should be as {p} as {g}", "I'd invite {g} to dinner any day", "{g} deserve our respect"],
        "plain": ["several {g} live in my building", "there is a meeting for {g} on Thursday", "the study asked 400 {g}",
                  "two {g} were elected to the board", "the museum shows portraits of {g}", "many {g} work at the hospital",
                  "the new law concerns {g} as well", "a club for {g} opened last year", "my teacher wrote a book about {g}",
                  "the film is about {g} in the 1950s", "some of the {g} took the bus", "the number of {g} has grown since May"],
        "good-denied": ["{g} are not {n} at all", "nobody should call {g} {n}", "it is a lie that {g} are {n}", "{g} were never {n}",
                        "I would never say that {g} are {n}", "{g} don't ruin anything", "stop saying that {g} are {n}"],
        "counter": ["I can't believe that he called {g} {n}", "whoever says that {g} are {n} should be ashamed",
                    "it hurts when people claim that {g} are {n}", "why do you have to tell everyone that {g} are {n}?",
                    "she lost her job because she wrote that {g} are {n}", "you can't just call my friends {n}, {g} deserve better",
                    "it makes me sick to read that {g} are supposed to be {n}"],
        "bad-denied": ["{g} are not {p} at all", "{g} have never been {p}", "{g} do not deserve any respect", "{g} will never be {p}",
                       "no {g} can ever be {p}", "nobody needs {g}", "{g} don't belong here", "{g} are not people"],
    },
    "de": {
        "groups": "Frauen,Schwule,Lesben,Muslime,Juden,Schwarze,Flüchtlinge,Einwanderer,Ausländer,Behinderte,Transmenschen,Asiaten,Araber,"
                  "Türken,Christen,Roma,Alte,Arme,Rollstuhlfahrer,Buddhisten",
        "good": "nett,klug,mutig,großzügig,lustig,ehrlich,fleißig,begabt,hilfsbereit,charmant,geduldig,kreativ,zuverlässig,höflich,weise,stark,"
                "schön,herzlich,wunderbar,beeindruckend,liebenswert,großartig,treu,sanft,toll,sympathisch",
        "bad": "ekelhaft,dumm,dreckig,wertlos,böse,hässlich,faul,gierig,erbärmlich,abstoßend,primitiv,verlogen,Parasiten,Ungeziefer,Tiere,"
               "Verbrecher,Müll,Abschaum,Dreck,eine Krankheit,eine Plage,Wilde,Feiglinge,Lügner,Ratten,Monster",
        "praise": ["die {g} in unserer Straße sind wirklich {p}", "meine besten Freunde sind {g}, sie sind {p}", "ich bewundere {g}",
                   "ich arbeite sehr gern mit {g}", "wir freuen uns, dass {g} nebenan eingezogen sind", "es macht mich froh, wenn {g} Erfolg haben",
                   "{g} machen diese Stadt besser", "danke an alle {g}, die uns geholfen haben", "wie {p} die {g} in unserem Chor sind",
                   "{g} sind so {p} und {p2}", "nichts geht über einen Abend mit {g}, immer {p}",
                   "meine Tochter will so {p} werden wie die {g}, die sie kennt", "Glückwunsch an die {g}, die gewonnen haben",
                   "{g} haben jedes Recht, hier zu sein", "ich stehe mit Stolz an der Seite von {g}", "alle sollten so {p} sein wie {g}",
                   "ich würde {g} jederzeit zum Essen einladen", "{g} verdienen unsere Achtung"],
        "plain": ["in meinem Haus wohnen mehrere {g}", "am Donnerstag gibt es ein Treffen für {g}", "die Studie befragte 400 {g}",
                  "zwei {g} wurden in den Vorstand gewählt", "das Museum zeigt Bilder von {g}", "viele {g} arbeiten im Krankenhaus",
                  "das neue Gesetz betrifft auch {g}", "letztes Jahr eröffnete ein Verein für {g}", "meine Lehrerin schrieb ein Buch über {g}",
                  "der Film handelt von {g} in den Fünfzigern", "einige der {g} nahmen den Bus", "die Zahl der {g} ist seit Mai gestiegen"],
        "good-denied": ["{g} sind überhaupt nicht {n}", "niemand darf {g} {n} nennen", "es ist gelogen, dass {g} {n} sind", "{g} waren nie {n}",
                        "ich würde niemals sagen, dass {g} {n} sind", "{g} machen nichts kaputt", "hört auf zu sagen, {g} seien {n}"],
        "counter": ["ich fasse es nicht, dass er {g} als {n} bezeichnet hat", "wer behauptet, dass {g} {n} sind, soll sich schämen",
                    "es tut weh, wenn Leute erzählen, {g} seien {n}", "warum musst du allen sagen, dass {g} {n} sind?",
                    "sie verlor ihre Stelle, weil sie schrieb, {g} seien {n}",
                    "du kannst meine Freunde nicht einfach {n} nennen, {g} verdienen Besseres",
                    "es widert mich an, zu lesen, dass {g} {n} sein sollen"],
        "bad-denied": ["{g} sind überhaupt nicht {p}", "{g} waren noch nie {p}", "{g} verdienen keine Achtung", "{g} werden niemals {p} sein",
                       "keine {g} können je {p} sein", "niemand braucht {g}", "{g} gehören nicht hierher", "{g} sind keine Menschen"],
    },
    "fr": {
        "groups": "les femmes:f,les gays,les lesbiennes:f,les musulmans,les juifs,les noirs,les réfugiés,les immigrés,les étrangers,les handicapés,"
                  "les trans,les asiatiques,les arabes,les chrétiens,les roms,les vieux,les pauvres,les musulmanes:f,les juives:f,les bouddhistes",
        "good": "aimables,intelligents/intelligentes,courageux/courageuses,généreux/généreuses,drôles,honnêtes,travailleurs/travailleuses,doués/douées,"
                "serviables,charmants/charmantes,patients/patientes,créatifs/créatives,fiables,polis/polies,sages,forts/fortes,beaux/belles,"
                "chaleureux/chaleureuses,merveilleux/merveilleuses,impressionnants/impressionnantes,adorables,formidables,fidèles,doux/douces,géniaux/géniales,"
                "sympathiques",
        "bad": "dégoûtants/dégoûtantes,stupides,sales,nuls/nulles,méchants/méchantes,laids/laides,paresseux/paresseuses,cupides,minables,répugnants/répugnantes,"
               "primitifs/primitives,malhonnêtes,des parasites,de la vermine,des animaux,des criminels/des criminelles,des ordures,des déchets,de la racaille,"
               "une maladie,un fléau,des sauvages,des lâches,des menteurs/des menteuses,des rats,des monstres",
        "praise": ["{g} de notre rue sont vraiment {p}", "j'aime beaucoup {g}, qui sont {p}", "j'admire {g}", "j'adore travailler avec {g}",
                   "nous sommes contents que {g} habitent à côté", "je me réjouis quand {g} réussissent", "{g} rendent cette ville meilleure",
                   "merci à toutes et à tous, {g} nous ont tellement aidés", "qu'ils chantent bien, {g} de notre chorale, et toujours {p}",
                   "{g} sont si {p} et {p2}", "rien ne vaut une soirée avec {g}, toujours {p}",
                   "ma fille veut leur ressembler, {g} sont si {p}", "félicitations, {g} ont gagné", "{g} ont tout à fait le droit d'être ici",
                   "je suis fier d'être aux côtés de ceux qu'on oublie, {g}", "tout le monde devrait imiter {g}, si {p}",
                   "j'inviterais volontiers {g} à dîner", "{g} méritent notre respect"],
        "plain": ["dans mon immeuble on connaît {g} du troisième", "une réunion pour {g} a lieu jeudi", "l'étude a interrogé {g} de la région",
                  "le musée montre {g} en peinture", "la nouvelle loi concerne aussi {g}", "un club pour {g} a ouvert l'an dernier",
                  "ma prof a écrit un livre sur {g}", "le film parle de la vie en 1950 et montre {g}", "{g} ont pris le bus",
                  "{g} sont plus nombreux depuis mai", "{g} travaillent à l'hôpital"],
        "good-denied": ["{g} ne sont pas du tout {n}", "personne ne devrait dire que {g} sont {n}", "c'est un mensonge que {g} sont {n}",
                        "{g} n'ont jamais été {n}", "je ne dirais jamais que {g} sont {n}", "{g} ne gâchent rien", "arrêtez de dire que {g} sont {n}"],
        "counter": ["je n'arrive pas à croire qu'il ait dit que {g} sont {n}",
                    "ceux qui prétendent que {g} sont {n} devraient avoir honte", "ça fait mal d'entendre que {g} seraient {n}",
                    "pourquoi racontes-tu partout que {g} sont {n} ?",
                    "elle a perdu son poste parce qu'elle a écrit que {g} sont {n}",
                    "tu ne peux pas traiter mes amis ainsi, {g} valent mieux que ça", "ça me révolte de lire que {g} seraient {n}"],
        "bad-denied": ["{g} ne sont pas du tout {p}", "{g} n'ont jamais été {p}", "{g} ne méritent aucun respect", "{g} ne seront jamais {p}",
                       "personne n'a besoin d'eux, {g}", "{g} n'ont rien à faire ici", "{g} ne sont pas des gens"],
    },
    "it": {
        "groups": "le donne:f,i gay,le lesbiche:f,i musulmani,gli ebrei,i neri,i rifugiati,gli immigrati,gli stranieri,i disabili,i trans,gli asiatici,"
                  "gli arabi,i cristiani,i rom,gli anziani,i poveri,le musulmane:f,le straniere:f,i buddisti",
        "good": "gentili,intelligenti,coraggiosi/coraggiose,generosi/generose,divertenti,onesti/oneste,laboriosi/laboriose,dotati/dotate,disponibili,affascinanti,"
                "pazienti,creativi/creative,affidabili,educati/educate,saggi/sagge,forti,belli/belle,calorosi/calorose,meravigliosi/meravigliose,notevoli,adorabili,"
                "formidabili,fedeli,dolci,splendidi/splendide,simpatici/simpatiche",
        "bad": "disgustosi/disgustose,stupidi/stupide,sporchi/sporche,inutili,cattivi/cattive,brutti/brutte,pigri/pigre,avidi/avide,patetici/patetiche,ripugnanti,"
               "primitivi/primitive,disonesti/disoneste,parassiti,animali,criminali,spazzatura,immondizia,feccia,una malattia,una piaga,selvaggi/selvagge,"
               "codardi/codarde,bugiardi/bugiarde,ratti,mostri",
        "praise": ["{g} della nostra via sono davvero {p}", "mi piacciono molto {g}, sono {p}", "ammiro {g}", "adoro lavorare con loro, {g} sono {p}",
                   "siamo contenti che {g} abitino qui accanto", "sono felice quando {g} hanno successo", "{g} rendono migliore questa città",
                   "grazie di cuore, {g} ci hanno aiutato tanto", "come cantano bene {g} del nostro coro, sempre {p}", "{g} sono così {p} e {p2}",
                   "niente vale una serata con amici come loro, {g}, sempre {p}", "mia figlia vuole imitarli, {g} sono tanto {p}",
                   "complimenti, {g} hanno vinto", "{g} hanno tutto il diritto di stare qui", "sono fiero di lottare accanto a loro, {g}",
                   "tutti dovrebbero imitare {g}, così {p}", "inviterei volentieri {g} a cena", "{g} meritano il nostro rispetto"],
        "plain": ["nel mio palazzo abitano {g} che ho conosciuto ieri", "giovedì c'è un incontro, verranno {g}", "lo studio ha intervistato {g}",
                  "il museo espone ritratti, si vedono {g}", "la nuova legge riguarda anche {g}", "l'anno scorso {g} hanno aperto un circolo",
                  "la mia insegnante ha scritto di loro, {g}, in un libro", "il film racconta come vivevano {g} negli anni Cinquanta", "{g} hanno preso l'autobus",
                  "{g} sono più numerosi da maggio", "{g} lavorano in ospedale"],
        "good-denied": ["{g} non sono affatto {n}", "nessuno dovrebbe dire che {g} sono {n}", "è una bugia che {g} siano {n}", "{g} non sono mai stati {n}",
                        "non direi mai che {g} sono {n}", "{g} non rovinano niente", "smettetela di dire che {g} sono {n}"],
        "counter": ["non posso credere che abbia detto che {g} sono {n}", "chi sostiene che {g} sono {n} dovrebbe vergognarsi",
                    "fa male sentire che {g} sarebbero {n}", "perché racconti a tutti che {g} sono {n}?",
                    "ha perso il lavoro perché ha scritto che {g} sono {n}",
                    "non puoi trattare così i miei amici, {g} meritano di meglio", "mi indigna leggere che {g} sarebbero {n}"],
        "bad-denied": ["{g} non sono affatto {p}", "{g} non sono mai stati {p}", "{g} non meritano nessun rispetto", "{g} non saranno mai {p}",
                       "nessuno ha bisogno di loro, {g}", "{g} non hanno niente da fare qui", "{g} non sono persone"],
    },
    "es": {
        "groups": "las mujeres:f,los gays,las lesbianas:f,los musulmanes,los judíos,los negros,los refugiados,los inmigrantes,los extranjeros,los discapacitados,"
                  "los trans,los asiáticos,los árabes,los cristianos,los gitanos,los viejos,los pobres,las musulmanas:f,los indígenas,los budistas",
        "good": "amables,inteligentes,valientes,generosos/generosas,divertidos/divertidas,honestos/honestas,trabajadores/trabajadoras,dotados/dotadas,serviciales,"
                "encantadores/encantadoras,pacientes,creativos/creativas,fiables,educados/educadas,sabios/sabias,fuertes,guapos/guapas,cariñosos/cariñosas,"
                "maravillosos/maravillosas,impresionantes,adorables,estupendos/estupendas,fieles,dulces,geniales,simpáticos/simpáticas",
        "bad": "asquerosos/asquerosas,estúpidos/estúpidas,sucios/sucias,inútiles,malvados/malvadas,feos/feas,vagos/vagas,codiciosos/codiciosas,patéticos/patéticas,"
               "repugnantes,primitivos/primitivas,deshonestos/deshonestas,parásitos,alimañas,animales,criminales,basura,escoria,una enfermedad,una plaga,salvajes,"
               "cobardes,mentirosos/mentirosas,ratas,monstruos",
        "praise": ["{g} de nuestra calle son de verdad {p}", "me gustan mucho {g}, son {p}", "admiro a {g}", "me encanta trabajar con {g}",
                   "nos alegra que {g} vivan al lado", "me alegro cuando {g} tienen éxito", "{g} hacen mejor esta ciudad",
                   "gracias de corazón, {g} nos ayudaron mucho", "qué bien cantan {g} de nuestro coro, siempre {p}", "{g} son tan {p} y {p2}",
                   "nada como una tarde con {g}, siempre {p}", "mi hija quiere imitarlos, {g} son tan {p}", "enhorabuena, {g} han ganado",
                   "{g} tienen todo el derecho a estar aquí", "estoy orgulloso de estar junto a {g}", "todos podríamos aprender de {g}, tan {p}",
                   "invitaría con gusto a {g} a cenar", "{g} merecen nuestro respeto"],
        "plain": ["en mi edificio viven {g} que conocí ayer", "el jueves hay una reunión para {g}", "el estudio entrevistó a {g} de la zona",
                  "el museo muestra retratos de {g}", "la nueva ley afecta también a {g}", "el año pasado abrió un club para {g}",
                  "mi maestra escribió un libro sobre {g}", "la película trata de {g} en los años cincuenta", "{g} tomaron el autobús",
                  "{g} son más numerosos desde mayo", "{g} trabajan en el hospital"],
        "good-denied": ["{g} no son {n} en absoluto", "nadie debería decir que {g} son {n}", "es mentira que {g} sean {n}", "{g} nunca fueron {n}",
                        "jamás diría que {g} son {n}", "{g} no estropean nada", "dejen de decir que {g} son {n}"],
        "counter": ["no puedo creer que haya dicho que {g} son {n}", "quien afirma que {g} son {n} debería avergonzarse",
                    "duele oír que {g} serían {n}", "¿por qué cuentas a todos que {g} son {n}?",
                    "perdió su puesto porque escribió que {g} son {n}", "no puedes tratar así a mis amigos, {g} merecen algo mejor",
                    "me indigna leer que {g} serían {n}"],
        "bad-denied": ["{g} no son nada {p}", "{g} nunca han sido {p}", "{g} no merecen ningún respeto", "{g} jamás serán {p}", "nadie necesita a {g}",
                       "{g} no pintan nada aquí", "{g} no son personas"],
    },
    "zh": {
        "groups": "女人,同性恋,女同性恋,穆斯林,犹太人,黑人,难民,移民,外国人,残疾人,跨性别者,亚洲人,阿拉伯人,基督徒,吉普赛人,老人,穷人,佛教徒,少数民族,外地人",
        "good": "友好,聪明,勇敢,大方,幽默,诚实,勤劳,有才华,乐于助人,迷人,耐心,有创意,可靠,有礼貌,睿智,坚强,漂亮,热心,了不起,出色,可爱,优秀,忠诚,温柔,善良,真诚",
        "bad": "恶心,愚蠢,肮脏,没用,邪恶,丑陋,懒惰,贪婪,可悲,讨厌,野蛮,虚伪,寄生虫,害虫,畜生,罪犯,垃圾,渣滓,人渣,祸害,瘟疫,野人,懦夫,骗子,老鼠,怪物",
        "praise": ["我们街上的{g}真的很{p}", "我最好的朋友是{g},很{p}", "我很佩服{g}", "我喜欢跟{g}一起工作", "隔壁搬来了{g},我们很高兴", "看到{g}成功我很开心",
                   "{g}让这座城市变得更好", "谢谢所有帮助过我们的{g}", "合唱团里的{g}真{p}", "{g}又{p}又{p2}", "和{g}在一起的晚上最愉快", "我女儿想像她认识的{g}一样{p}",
                   "恭喜获奖的{g}", "{g}完全有权利在这里", "能和{g}站在一起我感到骄傲", "大家都应该像{g}一样{p}", "我随时愿意请{g}吃饭", "{g}值得我们尊重"],
        "plain": ["我们楼里住着几位{g}", "星期四有一个{g}的聚会", "这项研究调查了四百名{g}", "两名{g}当选理事", "博物馆展出{g}的画像", "很多{g}在医院工作", "新法律也涉及{g}",
                  "去年开了一家{g}俱乐部", "我的老师写了一本关于{g}的书", "这部电影讲的是五十年代的{g}", "有几个{g}坐了公交车", "五月以来{g}的人数增加了"],
        "good-denied": ["{g}一点也不{n}", "谁也不该说{g}{n}", "说{g}{n}是谎话", "{g}从来不{n}", "我绝不会说{g}{n}", "{g}没有毁掉什么", "别再说{g}{n}了"],
        "counter": ["我不敢相信他竟然说{g}{n}", "谁说{g}{n}谁就该感到羞耻", "听到别人说{g}{n},我很难过", "你为什么到处跟人说{g}{n}?", "她因为写了{g}{n}而丢了工作",
                    "你不能这样骂我的朋友,{g}应该得到更好的对待", "看到有人说{g}{n},我很气愤"],
        "bad-denied": ["{g}一点也不{p}", "{g}从来没有{p}过", "{g}不配得到任何尊重", "{g}永远不会{p}", "没有人需要{g}", "{g}不属于这里", "{g}不是人"],
    },
}


def sentences(each=1, seed=7):
    """(language, label, kind, text): so many of each template with each group."""
    chance = random.Random(seed)
    for language, words in LANGUAGES.items():
        good, bad = words["good"].split(","), words["bad"].split(",")
        for kind, label in (("praise", 0), ("plain", 0), ("good-denied", 0), ("counter", 0), ("bad-denied", 1)):
            for template, group, _ in itertools.product(words[kind], words["groups"].split(","), range(each)):
                group, _, gender = group.partition(":")
                form = lambda word: word.split("/")[-1 if gender else 0]
                (p, p2), (n, n2) = chance.sample(good, 2), chance.sample(bad, 2)
                text = template.format(g=group, p=form(p), p2=form(p2), n=form(n), n2=form(n2))
                end = chance.choice(("。", "！", "") if language == "zh" else (".", "!", ""))
                yield language, label, kind, text[0].upper() + text[1:] + end
