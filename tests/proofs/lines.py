"""Which line of security.md part B each route of the service is (`oracle.ROWS`)."""

#: The form without an account (an area's setting): who refers there is known by the link that was sent.
WITHOUT_AN_ACCOUNT = frozenset(
    {"GET /refer/<area>", "POST /refer/<area>", "GET /refer/<area>/asked", "GET /refer/<area>/link",
     "GET /refer/<area>/privacy",
     "POST /refer/<area>/link", "GET /refer/<area>/mine", "POST /refer/<area>/mine",
     "POST /refer/<area>/leave"}
    | {
        f"{method} /refer/<area>/<uuid:referral_id>{page}"
        for method, page in (
            ("GET", ""), ("GET", "/sent"), ("GET", "/sections/<section>"), ("POST", "/sections/<section>"),
            ("GET", "/sections/<section>/<int:number>"), ("POST", "/sections/<section>/<int:number>"),
            ("GET", "/sections/<section>/<int:number>/remove"),
            ("POST", "/sections/<section>/<int:number>/remove"), ("GET", "/risk"), ("POST", "/risk"),
            ("GET", "/check"), ("POST", "/check"), ("GET", "/throw-away"), ("POST", "/throw-away"),
        )
    }
)  # fmt: skip
#: Open without signing in.
PUBLIC = frozenset(
    {"GET /static/<path:filename>", "GET /sign-in", "POST /sign-in", "POST /sign-out",
     "GET /sign-in/second", "POST /sign-in/second", "GET /again", "POST /again",
     "GET /calendar/feed/<key>.ics"}  # by a link of one's own: it says when meetings are, and nothing else
) | WITHOUT_AN_ACCOUNT  # fmt: skip

#: For machines: a token opens it, and no session does.
BY_TOKEN = frozenset({"POST /api/v1/incidents", "POST /api/v1/episodes"})

ROUTES_TEXT = """
GET  /                                                    own account
GET  /still-here                                          own account
GET  /more                                                own account
GET  /password                                            own account
POST /password                                            own account
GET  /feed                                                create incident
POST /feed                                                create incident
GET  /feed/history                                        create incident
POST /feed/history                                        create incident
GET  /feed/imports/<uuid:import_id>                       create incident
GET  /feed/imports/<uuid:import_id>/progress              create incident
GET  /feed/imports/<uuid:import_id>/rejected-rows.csv     create incident
POST /feed/imports/<uuid:import_id>/dealt-with            create incident
GET  /machines                                            records systems' tokens
POST /machines                                            records systems' tokens
GET  /machines/<uuid:token_id>/revoke                     records systems' tokens
POST /machines/<uuid:token_id>/revoke                     records systems' tokens
GET  /machines/description                                records systems' tokens
GET  /machines/openapi.json                               records systems' tokens
GET  /search                                              search
POST /search                                              search
GET  /lists                                               read meeting
GET  /lists/<day>                                         read meeting
GET  /dates                                               read meeting
GET  /dates/daily                                         keep agenda, meetings
GET  /dates/<day>/daily                                   keep agenda, meetings
POST /dates/<day>/daily                                   keep agenda, meetings
GET  /dates/<day>/move                                    keep agenda, meetings
POST /dates/<day>/move                                    keep agenda, meetings
GET  /dates/<day>/cancel                                  keep agenda, meetings
POST /dates/<day>/cancel                                  keep agenda, meetings
GET  /lists/<day>/not-listed                              search
POST /lists/<day>/build                                   build list, add by hand
GET  /lists/<day>/close                                   close list
POST /lists/<day>/close                                   close list
GET  /lists/<day>/circulate                               build list, add by hand
POST /lists/<day>/circulate                               build list, add by hand
GET  /matches                                             merge people
GET  /matches/<uuid:match_id>                             merge people
POST /matches/<uuid:match_id>                             merge people
GET  /merges/<uuid:merge_id>/undo                         merge people
POST /merges/<uuid:merge_id>/undo                         merge people
POST /lists/ask-to-add                                    build list, add by hand
POST /lists/add                                           build list, add by hand
GET  /items/<uuid:item_id>/outcome                        read meeting
POST /items/<uuid:item_id>/outcome                        draft outcome
POST /items/<uuid:item_id>/outcome/stand-in               outcome in their place
POST /items/<uuid:item_id>/typed                          draft outcome
POST /items/<uuid:item_id>/live                           draft outcome
GET  /items/<uuid:item_id>/live                           draft outcome
GET  /items/<uuid:item_id>/live/stream                    draft outcome
GET  /crimes                                              disclosed crime
POST /crimes/<uuid:crime_id>/received                     disclosed crime
GET  /cases/<uuid:case_id>                                read case
GET  /cases/<uuid:case_id>/in-full                        read case
GET  /cases/<uuid:case_id>/timeline                       read case
GET  /people/<uuid:person_id>                             read case
GET  /cases/<uuid:case_id>/people/<uuid:person_id>/relationships/new add own item
POST /cases/<uuid:case_id>/people/<uuid:person_id>/relationships/new add own item
GET  /cases/<uuid:case_id>/relationships/<uuid:relationship_id>/remove edit own item
POST /cases/<uuid:case_id>/relationships/<uuid:relationship_id>/remove edit own item
GET  /cases/<uuid:case_id>/why                            read case
POST /cases/<uuid:case_id>/why                            read case
GET  /actions                                             read case
POST /actions                                             update action
GET  /actions/list.csv                                    update action
GET  /actions/twice                                       actions not done twice
GET  /actions/<uuid:action_id>/reopen                     set an action again
POST /actions/<uuid:action_id>/reopen                     set an action again
GET  /actions/<uuid:action_id>/looked                     actions not done twice
POST /actions/<uuid:action_id>/looked                     actions not done twice
GET  /cases/<uuid:case_id>/plan                           read case
GET  /actions/<uuid:action_id>                            update action
POST /actions/<uuid:action_id>                            update action
GET  /marac                                               read meeting
GET  /marac/plan                                          keep agenda, meetings
POST /marac/plan                                          keep agenda, meetings
GET  /marac/<uuid:meeting_id>                             read meeting
GET  /marac/<uuid:meeting_id>/date                        keep agenda, meetings
POST /marac/<uuid:meeting_id>/date                        keep agenda, meetings
POST /marac/<uuid:meeting_id>/order                       keep agenda, meetings
GET  /marac/<uuid:meeting_id>/cases/<uuid:item_id>/discuss override triage or group
POST /marac/<uuid:meeting_id>/cases/<uuid:item_id>/discuss override triage or group
GET  /marac/<uuid:meeting_id>/cancel                      keep agenda, meetings
POST /marac/<uuid:meeting_id>/cancel                      keep agenda, meetings
GET  /marac/<uuid:meeting_id>/close                       keep agenda, meetings
POST /marac/<uuid:meeting_id>/close                       keep agenda, meetings
GET  /marac/<uuid:meeting_id>/move-on                     keep agenda, meetings
POST /marac/<uuid:meeting_id>/move-on                     keep agenda, meetings
GET  /marac/<uuid:meeting_id>/extra                       keep agenda, meetings
POST /marac/<uuid:meeting_id>/extra                       keep agenda, meetings
GET  /marac/<uuid:meeting_id>/cases/<uuid:item_id>/slot   keep agenda, meetings
POST /marac/<uuid:meeting_id>/cases/<uuid:item_id>/slot   keep agenda, meetings
GET  /marac/<uuid:meeting_id>/publish                     build, send pack
POST /marac/<uuid:meeting_id>/publish                     build, send pack
GET  /marac/<uuid:meeting_id>/late                        keep agenda, meetings
POST /marac/<uuid:meeting_id>/late                        keep agenda, meetings
GET  /marac/<uuid:meeting_id>/supplement                  build, send pack
POST /marac/<uuid:meeting_id>/supplement/<int:number>     build, send pack
GET  /marac/<uuid:meeting_id>/not-sat                     keep agenda, meetings
POST /marac/<uuid:meeting_id>/not-sat                     keep agenda, meetings
GET  /rehearsal                                           enter a rehearsal
POST /rehearsal/enter                                     enter a rehearsal
POST /rehearsal/leave                                     enter a rehearsal
GET  /rehearsal/new                                       make a rehearsal
POST /rehearsal/new                                       make a rehearsal
GET  /rehearsal/end                                       make a rehearsal
POST /rehearsal/end                                       make a rehearsal
GET  /emergencies                                         ask for an emergency
GET  /cases/<uuid:case_id>/emergency                      ask for an emergency
POST /cases/<uuid:case_id>/emergency                      ask for an emergency
GET  /emergencies/<uuid:ask_id>                           accept an emergency
POST /emergencies/<uuid:ask_id>                           accept an emergency
GET  /marac/<uuid:meeting_id>/confirmations               confirm update-only
POST /marac/<uuid:meeting_id>/confirmations               confirm update-only
GET  /marac/<uuid:meeting_id>/confirmed                   keep agenda, meetings
GET  /marac/<uuid:meeting_id>/copies                      build, send pack
GET  /marac/<uuid:meeting_id>/restricted/<uuid:case_id>   put restricted case in pack
POST /marac/<uuid:meeting_id>/restricted/<uuid:case_id>   put restricted case in pack
GET  /meetings/<uuid:meeting_id>/record                   attendance
POST /meetings/<uuid:meeting_id>/record                   attendance
POST /meetings/<uuid:meeting_id>/joined                   attendance
POST /meetings/<uuid:meeting_id>/left                     attendance
GET  /meetings/<uuid:meeting_id>/end                      attendance
POST /meetings/<uuid:meeting_id>/end                      attendance
GET  /minutes                                             read meeting
GET  /minutes/<uuid:meeting_id>                           read meeting
GET  /minutes/<uuid:meeting_id>/copy                      download pack
POST /minutes/<uuid:meeting_id>/copy                      download pack
GET  /minutes/<uuid:meeting_id>/minutes.pdf               download pack
GET  /minutes/<uuid:meeting_id>/copies                    build, send pack
POST /minutes/<uuid:meeting_id>/draft                     draft minutes
POST /minutes/<uuid:meeting_id>/said                      draft minutes
POST /minutes/<uuid:meeting_id>/cases/<uuid:item_id>/confirm draft minutes
GET  /minutes/<uuid:meeting_id>/correct                   draft minutes
POST /minutes/<uuid:meeting_id>/correct                   draft minutes
GET  /minutes/<uuid:meeting_id>/approve                   approve minutes
POST /minutes/<uuid:meeting_id>/approve                   approve minutes
POST /minutes/<uuid:meeting_id>/back                      approve minutes
GET  /meetings/<uuid:meeting_id>/here                     own attendance
POST /meetings/<uuid:meeting_id>/here                     own attendance
POST /items/<uuid:item_id>/hear                           attendance
POST /items/<uuid:item_id>/pause                          attendance
POST /items/<uuid:item_id>/out                            attendance
POST /items/<uuid:item_id>/in                             attendance
POST /items/<uuid:item_id>/joined                         attendance
POST /items/<uuid:item_id>/left                           attendance
POST /items/<uuid:item_id>/reached                        attendance
GET  /items/<uuid:item_id>/not-reached                    attendance
POST /items/<uuid:item_id>/not-reached                    attendance
GET  /meetings/<uuid:meeting_id>/research                 research request
GET  /research                                            research return
GET  /research/<uuid:meeting_id>                          research return
POST /research/<uuid:meeting_id>                          research return
POST /research/<uuid:meeting_id>/draft                    research return
GET  /research/<uuid:meeting_id>/nothing-held             research return
POST /research/<uuid:meeting_id>/nothing-held             research return
GET  /feedback                                            read victim feedback
GET  /items/<uuid:item_id>/feedback                       read victim feedback
POST /items/<uuid:item_id>/feedback                       record victim feedback
POST /items/<uuid:item_id>/feedback/who                   name who tells the victim
GET  /flags                                               read flags
POST /flags                                               flags done
GET  /flags/list.csv                                      flags done
GET  /flags/<uuid:flag_id>                                read flags
POST /flags/<uuid:flag_id>/children                       flags done
POST /flags/<uuid:flag_id>/perpetrator                    flags done
GET  /calendar                                            read meeting
POST /calendar                                            read meeting
GET  /calendar/link                                       read meeting
POST /calendar/link                                       read meeting
GET  /calendar/link/revoke                                read meeting
POST /calendar/link/revoke                                read meeting
GET  /marac/<uuid:meeting_id>/answers                     keep agenda, meetings
POST /marac/<uuid:meeting_id>/answers                     keep agenda, meetings
GET  /packs                                               download pack
GET  /packs/<uuid:pack_id>/read                           download pack
GET  /packs/<uuid:pack_id>/copy                           download pack
POST /packs/<uuid:pack_id>/copy                           download pack
GET  /packs/copies/<uuid:copy_id>/pack.pdf                download pack
GET  /packs/recalled                                      download pack
GET  /packs/recalled/<uuid:recalled_id>                   download pack
POST /packs/recalled/<uuid:recalled_id>                   download pack
GET  /packs/<uuid:pack_id>/correct                        build, send pack
POST /packs/<uuid:pack_id>/correct                        build, send pack
GET  /packs/<uuid:pack_id>/recall                         build, send pack
POST /packs/<uuid:pack_id>/recall                         build, send pack
GET  /packs/offline                                       offline pack
GET  /packs/offline/passphrase                            offline pack
POST /packs/offline/passphrase                            offline pack
GET  /packs/offline/<uuid:meeting_id>/pack.pdf            offline pack
GET  /accounts                                            disable user
GET  /accounts/new                                        invite user
POST /accounts/new                                        invite user
GET  /accounts/<uuid:account_id>                          disable user
GET  /accounts/<uuid:account_id>/details                  invite user
POST /accounts/<uuid:account_id>/details                  invite user
GET  /accounts/<uuid:account_id>/disable                  disable user
POST /accounts/<uuid:account_id>/disable                  disable user
GET  /accounts/<uuid:account_id>/enable                   invite user
POST /accounts/<uuid:account_id>/enable                   invite user
GET  /accounts/<uuid:account_id>/recovery                 invite user
POST /accounts/<uuid:account_id>/recovery                 invite user
POST /accounts/<uuid:account_id>/role                     invite user
POST /accounts/<uuid:account_id>/grant                    grant coordinator or chair
GET  /accounts/<uuid:account_id>/families                 grant coordinator or chair
POST /accounts/<uuid:account_id>/families                 grant coordinator or chair
GET  /agencies                                            agencies
GET  /agencies/new                                        agencies
POST /agencies/new                                        agencies
GET  /agencies/<uuid:agency_id>                           agencies
POST /agencies/<uuid:agency_id>                           agencies
GET  /area                                                rules and area settings
POST /area                                                rules and area settings
GET  /area/panels                                         rules and area settings
GET  /area/panels/<code>                                  rules and area settings
POST /area/panels/<code>                                  rules and area settings
GET  /area/panels/<code>/remove                           rules and area settings
POST /area/panels/<code>/remove                           rules and area settings
GET  /audit                                               read audit
GET  /decisions                                           second person
GET  /decisions/<uuid:proposal_id>                        second person
POST /decisions/<uuid:proposal_id>                        second person
POST /decisions/<uuid:proposal_id>/half                    invite user
POST /decisions/<uuid:proposal_id>/withdraw               take back own proposal
GET  /again/drafts/<uuid:draft_id>                        own account
POST /again/drafts/<uuid:draft_id>/discard                own account
GET  /me/details                                          own account
POST /me/details                                          own account
GET  /me/details/<uuid:detail_id>/take-away               own account
POST /me/details/<uuid:detail_id>/take-away               own account
GET  /second-factor                                       own account
GET  /second-factor/app                                   own account
POST /second-factor/app                                   own account
GET  /second-factor/app/remove                            own account
POST /second-factor/app/remove                            own account
GET  /second-factor/passkey                               own account
POST /second-factor/passkey                               own account
GET  /second-factor/passkeys/<uuid:passkey_id>/remove     own account
POST /second-factor/passkeys/<uuid:passkey_id>/remove     own account
GET  /sessions                                            own account
GET  /account/notices                                     own account
POST /account/notices                                     own account
GET  /account/notices/schedule                            keep agenda, meetings
POST /sessions/<uuid:session_id>/end                      own account
POST /sessions/end-others                                 own account
GET  /agreements                                          agreements, withdrawal
GET  /agencies/<uuid:agency_id>/stay                      agreements, withdrawal
POST /agencies/<uuid:agency_id>/stay                      agreements, withdrawal
GET  /agencies/<uuid:agency_id>/told                      agreements, withdrawal
POST /agencies/<uuid:agency_id>/told                      agreements, withdrawal
GET  /agencies/<uuid:agency_id>/cleared                   agreements, withdrawal
POST /agencies/<uuid:agency_id>/cleared                   agreements, withdrawal
GET  /agencies/<uuid:agency_id>/review                    agreements, withdrawal
POST /agencies/<uuid:agency_id>/review                    agreements, withdrawal
GET  /agencies/<uuid:agency_id>/sign                      agreements, withdrawal
POST /agencies/<uuid:agency_id>/sign                      agreements, withdrawal
GET  /agencies/<uuid:agency_id>/withdraw                  agreements, withdrawal
POST /agencies/<uuid:agency_id>/withdraw                  agreements, withdrawal
GET  /alarms                                              be told of alarms
GET  /alarms/breaches/<uuid:second_id>                    second a false breach
POST /alarms/breaches/<uuid:second_id>                    second a false breach
GET  /alarms/<uuid:alarm_id>                              be told of alarms
POST /alarms/<uuid:alarm_id>                              be told of alarms
POST /audit                                               read audit
GET  /cases/<uuid:case_id>/opened                         read audit of a case
POST /prints                                              read case
GET  /break-glass                                         break the glass
POST /break-glass                                         break the glass
POST /break-glass/open                                    break the glass
GET  /openings                                            review broken glass
GET  /openings/<uuid:opening_id>                          review broken glass
POST /openings/<uuid:opening_id>/review                   review broken glass
POST /openings/<uuid:opening_id>/approve                  approve ticket
POST /openings/<uuid:opening_id>/refuse                   approve ticket
GET  /tickets                                             ask for a ticket
POST /tickets                                             ask for a ticket
GET  /tickets/name                                        ask for a ticket
POST /tickets/name                                        ask for a ticket
GET  /need-to-know                                        decide walls
GET  /cases/<uuid:case_id>/i-know-these-people            declare a wall
POST /cases/<uuid:case_id>/i-know-these-people            declare a wall
POST /cases/<uuid:case_id>/walls/<uuid:wall_id>/keep      decide walls
GET  /cases/<uuid:case_id>/walls/<uuid:wall_id>/lift      decide walls
POST /cases/<uuid:case_id>/walls/<uuid:wall_id>/lift      decide walls
GET  /cases/<uuid:case_id>/access                         restrict
GET  /cases/<uuid:case_id>/access/restrict                restrict
POST /cases/<uuid:case_id>/access/restrict                restrict
POST /cases/<uuid:case_id>/access/name                    restrict
POST /cases/<uuid:case_id>/access/unname/<uuid:account_id> restrict
GET  /cases/<uuid:case_id>/access/employer                restrict
POST /cases/<uuid:case_id>/access/employer                restrict
GET  /cases/<uuid:case_id>/access/officer                 restrict
POST /cases/<uuid:case_id>/access/officer                 restrict
GET  /cases/<uuid:case_id>/access/end                     lift restriction
POST /cases/<uuid:case_id>/access/end                     lift restriction
GET  /cases/<uuid:case_id>/ask-for-restriction            ask to restrict
POST /cases/<uuid:case_id>/ask-for-restriction            ask to restrict
POST /cases/<uuid:case_id>/access/give/<uuid:account_id>  allocate case
POST /cases/<uuid:case_id>/access/take-back/<uuid:account_id> allocate case
POST /cases/<uuid:case_id>/access/decline/<uuid:account_id> allocate case
POST /cases/<uuid:case_id>/ask-for-it                     ask for case
GET  /cases/<uuid:case_id>/addresses                      read case
GET  /cases/<uuid:case_id>/people/<uuid:person_id>/address add own item
POST /cases/<uuid:case_id>/people/<uuid:person_id>/address add own item
GET  /cases/<uuid:case_id>/people/<uuid:person_id>/contact add own item
POST /cases/<uuid:case_id>/people/<uuid:person_id>/contact add own item
GET  /cases/<uuid:case_id>/associates/new                 add own item
POST /cases/<uuid:case_id>/associates/new                 add own item
GET  /cases/<uuid:case_id>/addresses/<uuid:address_id>/correct edit own item
POST /cases/<uuid:case_id>/addresses/<uuid:address_id>/correct edit own item
GET  /cases/<uuid:case_id>/contacts/<uuid:contact_id>/correct edit own item
POST /cases/<uuid:case_id>/contacts/<uuid:contact_id>/correct edit own item
GET  /cases/<uuid:case_id>/addresses/<uuid:address_id>/reveal reveal safe address
POST /cases/<uuid:case_id>/addresses/<uuid:address_id>/reveal reveal safe address
GET  /cases/<uuid:case_id>/addresses/police/reveal        reveal safe address
POST /cases/<uuid:case_id>/addresses/police/reveal        reveal safe address
GET  /cases/<uuid:case_id>/contacts/<uuid:contact_id>/reveal reveal safe address
POST /cases/<uuid:case_id>/contacts/<uuid:contact_id>/reveal reveal safe address
GET  /cases/<uuid:case_id>/addresses/<uuid:address_id>/share share safe address
POST /cases/<uuid:case_id>/addresses/<uuid:address_id>/share share safe address
POST /cases/<uuid:case_id>/address-shares/<uuid:share_id>/withdraw share safe address
GET  /cases/<uuid:case_id>/consent                        read case
GET  /cases/<uuid:case_id>/consent/new                    add own item
POST /cases/<uuid:case_id>/consent/new                    add own item
GET  /cases/<uuid:case_id>/risk                           read case
GET  /cases/<uuid:case_id>/risk/new                       add own item
POST /cases/<uuid:case_id>/risk/new                       add own item
GET  /cases/<uuid:case_id>/shared                         add own item
GET  /cases/<uuid:case_id>/shared/<uuid:note_id>/correct  edit own item
POST /cases/<uuid:case_id>/shared/<uuid:note_id>/correct  edit own item
GET  /cases/<uuid:case_id>/shared/<uuid:note_id>/ask      ask correction
POST /cases/<uuid:case_id>/shared/<uuid:note_id>/ask      ask correction
GET  /cases/<uuid:case_id>/shared/requests/<uuid:request_id>/decline edit own item
POST /cases/<uuid:case_id>/shared/requests/<uuid:request_id>/decline edit own item
GET  /corrections                                         add own item
POST /corrections/<uuid:note_id>/read                     ask correction
GET  /sharing                                             decide to share
GET  /sharing/new                                         decide to share
POST /sharing/new                                         decide to share
GET  /sharing/<uuid:sharing_id>                           decide to share
GET  /sharing/<uuid:sharing_id>/review                    decide to share
POST /sharing/<uuid:sharing_id>/review                    decide to share
GET  /sharing/reviews                                     review decisions to share
POST /sharing/reviews                                     review decisions to share
GET  /sharing/<uuid:sharing_id>/details                   decide to share
POST /sharing/<uuid:sharing_id>/details                   decide to share
GET  /sharing/<uuid:sharing_id>/question                  decide to share
POST /sharing/<uuid:sharing_id>/question                  decide to share
GET  /sharing/<uuid:sharing_id>/decide                    decide to share
POST /sharing/<uuid:sharing_id>/decide                    decide to share
GET  /cases/<uuid:case_id>/sharing                        read case
GET  /retention                                           read retention
GET  /retention/<uuid:review_id>                          read retention
GET  /retention/<uuid:review_id>/propose                  propose retention
POST /retention/<uuid:review_id>/propose                  propose retention
GET  /retention/<uuid:review_id>/decide                   retention decision
POST /retention/<uuid:review_id>/decide                   retention decision
GET  /retention/<uuid:review_id>/back                     retention decision
POST /retention/<uuid:review_id>/back                     retention decision
GET  /retention/asked                                     answer on retention
GET  /retention/asked/<uuid:asked_id>                     answer on retention
POST /retention/asked/<uuid:asked_id>                     answer on retention
GET  /retention/holds                                     hold records
POST /retention/holds                                     hold records
GET  /retention/holds/<uuid:case_id>                      hold records
POST /retention/holds/<uuid:case_id>                      hold records
GET  /retention/holds/<uuid:case_id>/lift                 hold records
POST /retention/holds/<uuid:case_id>/lift                 hold records
GET  /retention/holds/<uuid:case_id>/stop                 hold records
POST /retention/holds/<uuid:case_id>/stop                 hold records
GET  /retention/holds/<uuid:case_id>/answer               hold records
POST /retention/holds/<uuid:case_id>/answer               hold records
GET  /certificates                                        read certificates
POST /certificates                                        read certificates
GET  /certificates/<uuid:decision_id>                     read certificates
GET  /applications                                        read application
GET  /applications/new                                    apply under scheme
POST /applications/new                                    apply under scheme
GET  /applications/<uuid:application_id>                  read application
GET  /applications/<uuid:application_id>/contact          read application
POST /applications/<uuid:application_id>/contact          read application
GET  /requests                                            read disclosure
GET  /cases/<uuid:case_id>/requests/new                   log disclosure
POST /cases/<uuid:case_id>/requests/new                   log disclosure
GET  /requests/<uuid:disclosure_id>                       read disclosure
GET  /requests/<uuid:disclosure_id>/step                  step on disclosure
POST /requests/<uuid:disclosure_id>/step                  step on disclosure
GET  /requests/<uuid:disclosure_id>/answers               consent to disclosure
POST /requests/<uuid:disclosure_id>/answers               consent to disclosure
GET  /requests/<uuid:disclosure_id>/decision              approve disclosure
POST /requests/<uuid:disclosure_id>/decision              approve disclosure
GET  /requests/<uuid:disclosure_id>/agreed                approve disclosure
POST /requests/<uuid:disclosure_id>/agreed                approve disclosure
GET  /requests/<uuid:disclosure_id>/order                 release disclosure
POST /requests/<uuid:disclosure_id>/order                 release disclosure
GET  /requests/<uuid:disclosure_id>/prepare               release disclosure
POST /requests/<uuid:disclosure_id>/prepare               release disclosure
GET  /requests/<uuid:disclosure_id>/release               release disclosure
POST /requests/<uuid:disclosure_id>/release               release disclosure
GET  /releases                                            release disclosure
GET  /releases/<uuid:release_id>/release.pdf              release disclosure
GET  /applications/<uuid:application_id>/met              step on application
POST /applications/<uuid:application_id>/met              step on application
GET  /applications/<uuid:application_id>/checked          step on application
POST /applications/<uuid:application_id>/checked          step on application
GET  /applications/<uuid:application_id>/go-ahead         step on application
POST /applications/<uuid:application_id>/go-ahead         step on application
GET  /applications/<uuid:application_id>/weigh            step on application
POST /applications/<uuid:application_id>/weigh            step on application
GET  /applications/<uuid:application_id>/disclosed        step on application
POST /applications/<uuid:application_id>/disclosed        step on application
GET  /applications/<uuid:application_id>/withhold         step on application
POST /applications/<uuid:application_id>/withhold         step on application
GET  /applications/<uuid:application_id>/withdraw         step on application
POST /applications/<uuid:application_id>/withdraw         step on application
GET  /applications/<uuid:application_id>/decision         confirm application
POST /applications/<uuid:application_id>/decision         confirm application
GET  /orders                                              read meeting
GET  /orders/<uuid:order_id>                              read meeting
GET  /orders/<uuid:order_id>/correct                      edit own item
POST /orders/<uuid:order_id>/correct                      edit own item
GET  /orders/<uuid:order_id>/breach                       record breach
POST /orders/<uuid:order_id>/breach                       record breach
GET  /cases/<uuid:case_id>/orders/new                     add own item
POST /cases/<uuid:case_id>/orders/new                     add own item
GET  /breaches                                            run breach
GET  /breaches/new                                        raise breach
POST /breaches/new                                        raise breach
GET  /breaches/mine                                       raise breach
GET  /breaches/<uuid:breach_id>                           run breach
GET  /breaches/<uuid:breach_id>/exposed                   run breach
GET  /breaches/<uuid:breach_id>/step                      run breach
POST /breaches/<uuid:breach_id>/step                      run breach
GET  /breaches/<uuid:breach_id>/told                      run breach
POST /breaches/<uuid:breach_id>/told                      run breach
GET  /breaches/<uuid:breach_id>/concerned                 run breach
POST /breaches/<uuid:breach_id>/concerned                 run breach
GET  /breaches/<uuid:breach_id>/opinion                   run breach
POST /breaches/<uuid:breach_id>/opinion                   run breach
GET  /breaches/<uuid:breach_id>/decide                    run breach
POST /breaches/<uuid:breach_id>/decide                    run breach
GET  /complaints                                          handle complaint
GET  /complaints/new                                      record complaint
POST /complaints/new                                      record complaint
GET  /complaints/mine                                     record complaint
GET  /complaints/<uuid:complaint_id>                      handle complaint
GET  /complaints/<uuid:complaint_id>/step                 handle complaint
POST /complaints/<uuid:complaint_id>/step                 handle complaint
GET  /complaints/<uuid:complaint_id>/told                 handle complaint
POST /complaints/<uuid:complaint_id>/told                 handle complaint
GET  /complaints/<uuid:complaint_id>/named                handle complaint
POST /complaints/<uuid:complaint_id>/named                handle complaint
GET  /parts                                               read part in a named case
GET  /parts/<uuid:part_id>                                read part in a named case
POST /parts/<uuid:part_id>/accept                         answer in a named case
POST /parts/<uuid:part_id>/say                            answer in a named case
GET  /parts/<uuid:part_id>/decide                         decide on named case
POST /parts/<uuid:part_id>/decide                         decide on named case
GET  /parts/<uuid:part_id>/tell                           run named cases
POST /parts/<uuid:part_id>/tell                           run named cases
GET  /parts/<uuid:part_id>/end                            run named cases
POST /parts/<uuid:part_id>/end                            run named cases
GET  /parts/<uuid:part_id>/held                           answer in a named case
POST /parts/<uuid:part_id>/held                           answer in a named case
GET  /parts/<uuid:part_id>/cleared                        run named cases
POST /parts/<uuid:part_id>/cleared                        run named cases
GET  /cases/<uuid:case_id>/parts                          read case
GET  /cases/<uuid:case_id>/parts/new                      run named cases
POST /cases/<uuid:case_id>/parts/new                      run named cases
GET  /disagreements                                       read disagreement
GET  /disagreements/new                                   raise disagreement
POST /disagreements/new                                   raise disagreement
GET  /disagreements/<uuid:disagreement_id>                read disagreement
GET  /disagreements/<uuid:disagreement_id>/act            read disagreement
POST /disagreements/<uuid:disagreement_id>/act            read disagreement
GET  /disagreements/<uuid:disagreement_id>/form           read disagreement
POST /disagreements/<uuid:disagreement_id>/form           read disagreement
POST /disagreements/<uuid:disagreement_id>/file           read disagreement
GET  /disagreements/<uuid:disagreement_id>/record.pdf     read disagreement
GET  /transfers                                           read transfers
GET  /transfers/<uuid:transfer_id>                        read transfers
GET  /transfers/<uuid:transfer_id>/withdraw               read transfers
POST /transfers/<uuid:transfer_id>/withdraw               read transfers
POST /transfers/<uuid:transfer_id>/file                   transfer out, accept in
GET  /transfers/<uuid:transfer_id>/transfer.pdf           transfer out, accept in
GET  /transfers/<uuid:transfer_id>/record                 transfer out, accept in
POST /transfers/<uuid:transfer_id>/record                 transfer out, accept in
POST /transfers/<uuid:transfer_id>/ask-again              transfer out, accept in
GET  /cases/<uuid:case_id>/transfer                       transfer out, accept in
POST /cases/<uuid:case_id>/transfer                       transfer out, accept in
GET  /cases/<uuid:case_id>/transferred                    read case
GET  /arrivals/new                                        transfer out, accept in
POST /arrivals/new                                        transfer out, accept in
GET  /arrivals/<uuid:arrival_id>                          read transfers
POST /arrivals/<uuid:arrival_id>/accept                   transfer out, accept in
GET  /arrivals/<uuid:arrival_id>/decline                  transfer out, accept in
POST /arrivals/<uuid:arrival_id>/decline                  transfer out, accept in
GET  /notifications                                       record police notification
POST /notifications/ask                                   record police notification
POST /notifications                                       record police notification
GET  /jobs                                                read timed work
GET  /statistics                                          dashboards
GET  /statistics/tables.csv                               dashboards
GET  /privacy                                             own account
GET  /outbox                                              see and resend messages
GET  /outbox/again                                        see and resend messages
POST /outbox/again                                        see and resend messages
GET  /outbox/<uuid:message_id>                            see and resend messages
POST /outbox/<uuid:message_id>/resend                     see and resend messages
GET  /outbox/<uuid:message_id>/withdraw                   see and resend messages
POST /outbox/<uuid:message_id>/withdraw                   see and resend messages
GET  /outbox/local                                        see and resend messages
GET  /outbox/messages                                     try the mail
POST /outbox/test                                         try the mail
GET  /refusals                                            see refused messages
GET  /refusals/<uuid:refusal_id>                          see refused messages
POST /refusals/<uuid:refusal_id>                          see refused messages
GET  /referrals                                           own referral
GET  /referrals/new                                       own referral
POST /referrals/new                                       own referral
GET  /referrals/<uuid:referral_id>                        own referral
GET  /referrals/<uuid:referral_id>/sent                   own referral
GET  /referrals/<uuid:referral_id>/sections/<section>     own referral
POST /referrals/<uuid:referral_id>/sections/<section>     own referral
GET  /referrals/<uuid:referral_id>/sections/<section>/<int:number> own referral
POST /referrals/<uuid:referral_id>/sections/<section>/<int:number> own referral
GET  /referrals/<uuid:referral_id>/sections/<section>/<int:number>/remove own referral
POST /referrals/<uuid:referral_id>/sections/<section>/<int:number>/remove own referral
GET  /referrals/<uuid:referral_id>/risk                   own referral
POST /referrals/<uuid:referral_id>/risk                   own referral
GET  /referrals/<uuid:referral_id>/check                  own referral
POST /referrals/<uuid:referral_id>/check                  own referral
GET  /referrals/<uuid:referral_id>/throw-away             own referral
POST /referrals/<uuid:referral_id>/throw-away             own referral
GET  /referrals/sent/<uuid:sent_id>                       deal with referral
POST /referrals/sent/<uuid:sent_id>/accept                deal with referral
POST /referrals/sent/<uuid:sent_id>/addresses             deal with referral
GET  /referrals/sent/<uuid:sent_id>/return                deal with referral
POST /referrals/sent/<uuid:sent_id>/return                deal with referral
GET  /referrals/sent/<uuid:sent_id>/as-it-stands          deal with referral
POST /referrals/sent/<uuid:sent_id>/as-it-stands          deal with referral
GET  /children/refer                                      own referral
POST /children/refer                                      own referral
GET  /children/refer/<uuid:refer_id>                      own referral
GET  /children/refer/<uuid:refer_id>/sent                 own referral
GET  /children/refer/<uuid:refer_id>/sections/<section>   own referral
POST /children/refer/<uuid:refer_id>/sections/<section>   own referral
GET  /children/refer/<uuid:refer_id>/sections/<section>/<int:number> own referral
POST /children/refer/<uuid:refer_id>/sections/<section>/<int:number> own referral
GET  /children/refer/<uuid:refer_id>/sections/<section>/<int:number>/remove own referral
POST /children/refer/<uuid:refer_id>/sections/<section>/<int:number>/remove own referral
GET  /children/refer/<uuid:refer_id>/check                own referral
POST /children/refer/<uuid:refer_id>/check                own referral
GET  /children/refer/<uuid:refer_id>/throw-away           own referral
POST /children/refer/<uuid:refer_id>/throw-away           own referral
GET  /children/referrals                                  deal with a child
GET  /children/referrals/<uuid:intake_id>                 deal with a child
POST /children/referrals/<uuid:intake_id>/take-in         deal with a child
POST /children/referrals/<uuid:intake_id>/take-back       deal with a child
GET  /children/referrals/<uuid:intake_id>/return          deal with a child
POST /children/referrals/<uuid:intake_id>/return          deal with a child
GET  /episodes                                            tell of an episode
GET  /episodes/add                                        tell of an episode
POST /episodes/add                                        tell of an episode
GET  /episodes/<uuid:episode_id>                          tell of an episode
POST /episodes/<uuid:episode_id>                          tell of an episode
GET  /feed/episodes                                       send episodes
POST /feed/episodes                                       send episodes
GET  /children/<uuid:case_id>/screening                   deal with a child
POST /children/<uuid:case_id>/screening                   deal with a child
GET  /children/<uuid:case_id>                             read a child
GET  /persons/<uuid:case_id>                              read a child
GET  /places/<uuid:case_id>                               read a child
GET  /groups/<uuid:case_id>                               read a child
GET  /subjects/<uuid:case_id>/links/new                   tell of a child
POST /subjects/<uuid:case_id>/links/new                   tell of a child
GET  /subjects/<uuid:case_id>/links/<uuid:link_id>/end    tell of a child
POST /subjects/<uuid:case_id>/links/<uuid:link_id>/end    tell of a child
GET  /subjects/<uuid:case_id>/traits/new                  tell of a child
POST /subjects/<uuid:case_id>/traits/new                  tell of a child
GET  /subjects/<uuid:case_id>/traits/<uuid:trait_id>/end  tell of a child
POST /subjects/<uuid:case_id>/traits/<uuid:trait_id>/end  tell of a child
GET  /children/<uuid:case_id>/documents                   read social care document
GET  /children/<uuid:case_id>/documents/<uuid:document_id> read social care document
GET  /children/<uuid:case_id>/documents/new               give social care document
POST /children/<uuid:case_id>/documents/new               give social care document
GET  /children/<uuid:case_id>/documents/<uuid:document_id>/withdraw give social care document
POST /children/<uuid:case_id>/documents/<uuid:document_id>/withdraw give social care document
GET  /patterns                                            deal with a child
GET  /patterns/link                                       deal with a child
POST /patterns/link                                       deal with a child
GET  /patterns/set-aside                                  deal with a child
POST /patterns/set-aside                                  deal with a child
GET  /hot-spots                                           deal with a child
GET  /subjects                                            read children's meetings
POST /subjects                                            read children's meetings
GET  /panels                                              read children's meetings
GET  /panels/<code>                                       read children's meetings
GET  /panels/<code>/<day>                                 read children's meetings
POST /panels/<code>/<day>/build                           deal with a child
POST /panels/<code>/<day>/add-missing                     deal with a child
POST /panels/<code>/<day>/share                           deal with a child
GET  /panels/<code>/<day>/close                           deal with a child
POST /panels/<code>/<day>/close                           deal with a child
GET  /panels/<code>/<day>/call-off                        deal with a child
POST /panels/<code>/<day>/call-off                        deal with a child
POST /items/<uuid:item_id>/ladder                         deal with a child
POST /items/<uuid:item_id>/ladder/confirm                 deal with a child
POST /items/<uuid:item_id>/ladder/refuse                  deal with a child
GET  /panels/<code>/put                                   deal with a child
POST /panels/<code>/put                                   deal with a child
GET  /subjects/<uuid:case_id>/agenda                      deal with a child
POST /subjects/<uuid:case_id>/agenda                      deal with a child
POST /items/<uuid:item_id>/ladder/take-off                deal with a child
POST /items/<uuid:item_id>/ladder/actions                 deal with a child
POST /items/<uuid:item_id>/ladder/notes                   deal with a child
POST /items/<uuid:item_id>/ladder/transition              deal with a child
"""

ROUTES = {
    f"{method} {rule}": action
    for method, rule, action in (line.split(None, 2) for line in ROUTES_TEXT.strip().splitlines())
}
