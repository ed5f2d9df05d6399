# Makes the golden models and expectations beside this file; needs the Python package fasttext-wheel 0.9.2.
import random, json, os, sys
import fasttext
out=os.path.dirname(os.path.abspath(__file__))
random.seed(7)
themes={'bread':'flour yeast knead dough oven crust loaf rise Brötchen пекарня'.split(),'soup':'broth simmer ladle carrot onion stock bowl Suppe суп'.split(),'tea':'leaf steep kettle cup brew green 茶 чай lemon'.split(),'rice':'grain steam pot basmati 米飯 pilaf рис boil'.split(),'fish':'salmon fillet grill bone sea scale рыба Fisch'.split()}
common='the a is with how long should I my for and to of it in'.split()
def line():
    l=random.choices(list(themes),weights=[9,6,4,3,2])[0]
    ws=[random.choice(themes[l]) if random.random()<.5 else random.choice(common) for _ in range(random.randint(3,12))]
    return l,' '.join(ws)
with open('train.tmp','w') as f:
    for _ in range(1500):
        l,t=line(); f.write(f'__label__{l} {t}\n')
texts=[line()[1] for _ in range(12)]+['unseen words entirely','steeping kettles brewed','ünïcode 茶茶茶 чайник','','the','  flour\t\tyeast ','__label__tea leaf','flour __label__nothing yeast','a </s> salmon','x'*300]
def save(m,name,quant=None):
    p=f'{out}/{name}'
    m.save_model(p)
    rows=[]
    m2=fasttext.load_model(p)
    for t in texts:
        pr=m2.f.predict(t+'\n',-1,0.0,'strict')
        rows.append([[l,round(float(p),7)] for p,l in pr])
    return rows
G={}
for loss in('softmax','hs','ns','ova'):
    m=fasttext.train_supervised('train.tmp',dim=6,epoch=20,lr=.5,loss=loss,wordNgrams=2,minn=2,maxn=3,bucket=300,thread=1,verbose=0)
    G[loss+'.bin']=save(m,loss+'.bin')
    m.quantize(input='train.tmp',qnorm=(loss!='ns'),retrain=False,cutoff=280 if loss in('softmax','hs') else 0,qout=False,dsub=2)
    G[loss+'.ftz']=save(m,loss+'.ftz')
with open('train2.tmp','w') as f:
    for r in range(6):
        for i in range(300): f.write(f'__label__l{i} w{i} w{(i*7)%300} common\n')
m=fasttext.train_supervised('train2.tmp',dim=4,epoch=60,lr=1,loss='softmax',thread=1,verbose=0,minCount=1)
m.quantize(input='train2.tmp',qout=True,qnorm=True,dsub=2)
texts2=['w5 w35','w17','common','w299 w293 common']
m.save_model(out+'/qout.ftz'); m2=fasttext.load_model(out+'/qout.ftz')
Q=[[[l,round(float(p),7)] for p,l in m2.f.predict(t+'\n',4,0.0,'strict')] for t in texts2]
json.dump({'texts':texts2,'models':{'qout.ftz':Q}},open(out+'/expected-qout.json','w'),separators=(',',':'))
json.dump({'texts':texts,'models':G},open(out+'/expected.json','w'),ensure_ascii=False,indent=None,separators=(',',':'))
print({f:os.path.getsize(out+'/'+f) for f in os.listdir(out)})
