"""Forenames and what people are called who bear them: data, read once.

Each entry is a full name, then its short and other forms. A short form of several names stands in each.
"""

from collections import defaultdict

_FORMS = """
abdul: abdal abdel; abigail: abi abby abbie gail; adam: ad; adrian: ade; agnieszka: aga
albert: al bert bertie; alan: al allan allen alun
alexander: alex al alec sandy lex xander alek aleksander sasha
alexandra: alex sandra lexi lexie sandy alix aleksandra ola sasha; alfred: alf alfie fred freddie
alice: ali alys; alison: ali allie; amanda: mandy manda; amelia: millie amy milly
andrew: andy drew andrzej; angela: angie ange; anne: ann annie anna nancy nan anya ania
annabel: bel bella annie; anthony: tony ant antony anton; archibald: archie; arthur: art artie
barbara: babs barb basia; barry: baz; benjamin: ben benji benny; bernard: bernie; beverley: bev
bradley: brad; brian: bryan; bronwen: bron; caroline: carol carrie caz lyn; cassandra: cass cassie
catherine: kate katie cathy kathy cath kath kitty kit kat kay katherine kathryn kathleen
catherine: cathryn katarzyna kasia; cecilia: celia cissie; charles: charlie chas chuck
charlotte: charlie lottie char; christian: chris; christina: chris chrissie tina christine krystyna
christopher: chris kit topher kris krzysztof; clifford: cliff; clive: cliff; cynthia: cindy
daniel: dan danny; danielle: dani; david: dave davey davy dai dafydd dawid
deborah: deb debbie debra debs; denise: den; dennis: den denny denis; derek: del derrick
desmond: des; diana: di diane dianne; dominic: dom nick; donald: don donnie; donna: don
dorothy: dot dottie dolly dora; douglas: doug; edmund: ed eddie ned ted
edward: ed eddie ted teddy ned; eileen: aileen; eleanor: ellie nell nellie nora elle elinor
elizabeth: liz lizzie beth betty bess bessie betsy eliza elsie libby lisa liza elisabeth lizzy elspeth
elizabeth: elzbieta ela; ellen: ellie nell nellie elle; emily: em emmie millie milly; emma: em emmie
eric: rick; ernest: ernie; eugene: gene; evelyn: eve evie; ewa: eve eva
fatima: fatema fatimah fatma; florence: flo florrie flossie; frances: fran frankie fanny
francis: frank frankie fran; franklin: frank; frederick: fred freddie freddy rick; gabriel: gabe
gabrielle: gaby gabby; gareth: gaz garth gary; gary: gaz garry; geoffrey: geoff jeff jeffrey
george: georgie; georgina: georgie gina georgia; gerald: gerry jerry; gerard: gerry jerry
gillian: gill jill jillian; glenn: glen; gordon: gord; graham: graeme grahame
gregory: greg gregg grzegorz; gwendoline: gwen; hannah: hanna han; harold: harry hal
harriet: harry hattie hetty; harrison: harry; heather: hev; helen: nell nellie lena ellen helena
henry: harry hal hank; herbert: bert bertie herb; howard: howie; hugh: huw hughie; ian: iain
isabella: izzy bella isabel isabelle issy bel isobel; jacob: jake kuba jakub
jacqueline: jackie jacqui jaqueline; jade: jaide; james: jim jimmy jamie jem; jane: janie jayne
janet: jan; janice: jan; jason: jay jase; jasmine: jas jaz jazz yasmin yasmine; jean: jeannie
jennifer: jen jenny jenni jennie; jeremy: jez jerry; jessica: jess jessie; joan: joanie
joanna: jo joanne joann; jodie: jo jody jodi; john: jon johnny jack jonny johnnie sean
jonathan: jon jonny jonathon john johnathan; joseph: joe joey jo jozef; josephine: jo josie
joshua: josh; joyce: joy; judith: judy jude judi; julia: julie jules; julian: jules
juliet: jules julie juliette; karen: kaz karin; kelly: kel; kenneth: ken kenny; kevin: kev
kimberley: kim kimberly kimmy; kirsty: kirstie kirsten; laura: lori laurie; lauren: loz lori
lawrence: larry laurie laurence loz; leonard: len lenny leo; leslie: les lesley
lewis: lew louis louie; lillian: lily lil lilian lilly; linda: lin lyn lynda
lindsay: lin lindsey linz; louise: lou; lucy: luce lucie lucinda; lynn: lynne lyn lin
madeleine: maddie maddy madeline; magdalena: magda; malcolm: mal malc; malgorzata: gosia
margaret: maggie meg peggy marge margie peg daisy rita greta madge mags; maria: mari marie
marilyn: lyn; marion: marian; mark: marc marek; martin: marty; mary: molly polly mae may marie mair
matilda: tilly tilda; matthew: matt matty mateusz; maureen: mo; maurice: mo morris; maxine: max
maxwell: max; megan: meg megs; melanie: mel; melissa: mel lissa missy
michael: mike mick mickey mikey michal mitch; michelle: shell chelle
mohammed: mohammad muhammad muhammed mohamed mohamad mo md mohd mahomed; mohsin: mo; monica: mon
nadine: nad; natalie: nat natalia; natasha: tasha nat tash; nathan: nate nat
nathaniel: nat nate nathan; neil: neal niall; nicholas: nick nicky nic nico nicolas
nicola: nicky nikki nic nicki; nigel: nige; norman: norm; oliver: ollie olly; olivia: liv livvy
pamela: pam; patricia: pat patsy tricia trish patty paddy; patrick: pat paddy padraig
paul: pauly pawel; pauline: paula; penelope: penny; peter: pete piotr; philip: phil phillip pip
philippa: pippa pip; phyllis: phyl; priscilla: cilla; rachel: rach rachael; raymond: ray
rebecca: becky becca bex beck; reginald: reg reggie; rhiannon: rhi annie
richard: rick dick rich richie ricky dickie; robert: rob bob bobby robbie bert robin bobbie
roderick: rod roddy; rodney: rod; roger: rodge; ronald: ron ronnie; rosemary: rose rosie ro
roxanne: roxy; rupert: rupe; russell: russ; samantha: sam sammy sammie; samuel: sam sammy
sarah: sara sally sadie; sean: shaun shawn john; sebastian: seb bas; sharon: shaz shazza
shirley: shirl; sidney: sid sydney syd; simon: si; sophia: sophie zosia zofia; stanley: stan
stephanie: steph stef stefanie; stephen: steve stevie steven ste stefan; stuart: stu stewart
susan: sue susie suzy suzanne susanna suze; sylvia: syl; teresa: terri tess tessa theresa terry
terence: terry tel terrance; thomas: tom tommy tomasz tomos; timothy: tim timmy; tracey: trace tracy
trevor: trev; valerie: val; vanessa: ness nessa; veronica: ronnie vera; victor: vic
victoria: vicky vikki tori vic vicki; vincent: vince vinnie; virginia: ginny
vivian: viv vivien vivienne; walter: walt wally; warren: waz; wayne: waz; wendy: wend
wilfred: wilf fred; william: will bill billy willie liam wills; winifred: winnie freda
yousuf: yusuf yousef yusef joseph youssef; yvonne: von; zachary: zac zach zack zak
"""


def _read() -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for entry in _FORMS.replace("\n", "; ").strip("; ").split("; "):
        full, _, forms = entry.partition(": ")
        for form in (full, *forms.split()):
            found[form].add(full)
    return {form: frozenset(fulls) for form, fulls in found.items()}


#: The full names each form may stand for.
FULL_NAMES: dict[str, frozenset[str]] = _read()
